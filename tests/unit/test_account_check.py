"""When an account is looked at, and which events are listed then."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from builders.records import integration_record
from paystream.adapters.stripe.events import types_of
from paystream.model.account_check import (
    KEPT_FOR,
    EventList,
    caught_up,
    check_after_connecting,
    lists_of,
    postponed,
    with_gap,
)
from paystream.model.account_health import AccountHealth
from paystream.model.integration import AccountCheck
from paystream.model.key_permissions import Permission, shown

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WELL = AccountHealth(checked_at=NOW, charges_enabled=True)
KNOWN = AccountCheck(due_at=NOW, known_until=NOW - DAY, is_gap=False)
INTERRUPTED = AccountCheck(
    due_at=NOW, until=NOW - HOUR, list_number=1, cursor="evt_1", problems=("events_not_permitted",)
)


class TestAfterConnecting:
    def test_an_account_that_is_new_is_looked_at_at_once(self) -> None:
        new = integration_record()

        for is_new_endpoint in (True, False):
            check = check_after_connecting(new, WELL, is_new_endpoint=is_new_endpoint, now=NOW)
            assert check == AccountCheck(due_at=NOW, known_until=None, is_gap=True)

    def test_so_is_one_whose_endpoint_is_new_and_what_is_known_stays(self) -> None:
        known = integration_record(
            check=replace(KNOWN, due_at=NOW + HOUR, cursor="evt_1", problems=("events_not_permitted",))
        )

        check = check_after_connecting(known, WELL, is_new_endpoint=True, now=NOW)

        assert check == AccountCheck(due_at=NOW, known_until=NOW - DAY, is_gap=True)

    def test_any_other_is_looked_at_when_it_was_to_be_and_its_problem_is_looked_for_again(self) -> None:
        known = integration_record(check=INTERRUPTED)

        check = check_after_connecting(known, WELL, is_new_endpoint=False, now=NOW + HOUR)

        assert check == replace(INTERRUPTED, problems=())

    def test_what_the_key_lacks_is_known_by_then(self) -> None:
        lacks = replace(WELL, missing=(shown(Permission.REFUNDS),), charges_enabled=False)

        check = check_after_connecting(integration_record(check=KNOWN), lacks, is_new_endpoint=False, now=NOW + HOUR)

        assert check.problems == ("permission_missing:rak_charge_write", "charges_disabled")
        assert check.due_at == NOW

    def test_what_could_not_be_checked_is_looked_at_at_once(self) -> None:
        unknown = replace(WELL, unchecked=(shown(Permission.REFUNDS),))
        known = integration_record(check=replace(KNOWN, due_at=NOW + DAY))

        assert check_after_connecting(known, unknown, is_new_endpoint=False, now=NOW).due_at == NOW


class TestLists:
    def test_after_a_gap_are_of_all_events_for_as_long_as_stripe_keeps_them(self) -> None:
        others, intents = lists_of(AccountCheck(due_at=NOW), NOW)

        since = NOW - timedelta(days=30)
        assert others == EventList(since, NOW, of_intents=False, of_others=True, only_undelivered=False)
        assert intents == EventList(since, NOW, of_intents=True, of_others=False, only_undelivered=False)

    def test_name_no_more_types_than_stripe_takes(self) -> None:
        """https://docs.stripe.com/api/events/list: up to 20."""
        lists = (*lists_of(AccountCheck(due_at=NOW), NOW), *lists_of(KNOWN, NOW))

        sizes = [len(types_of(of_intents=one.of_intents, of_others=one.of_others)) for one in lists]
        assert 0 < min(sizes) <= max(sizes) <= 20

    def test_begin_a_little_before_what_is_known(self) -> None:
        for one in lists_of(with_gap(KNOWN, NOW), NOW):
            assert (one.since, one.until) == (NOW - DAY - HOUR, NOW)

    def test_never_begin_before_what_stripe_keeps(self) -> None:
        for one in lists_of(replace(with_gap(KNOWN, NOW), known_until=NOW - KEPT_FOR), NOW):
            assert one.since == NOW - KEPT_FOR

    def test_without_a_gap_are_of_the_rare_ones_and_of_intents_that_did_not_arrive(self) -> None:
        others, intents = lists_of(KNOWN, NOW)

        assert others == EventList(NOW - DAY - HOUR, NOW, of_intents=False, of_others=True, only_undelivered=False)
        assert intents == EventList(
            NOW - DAY - HOUR - timedelta(days=4), NOW, of_intents=True, of_others=False, only_undelivered=True
        )

    def test_of_what_did_not_arrive_begin_no_earlier_either(self) -> None:
        _, intents = lists_of(replace(KNOWN, known_until=NOW - timedelta(days=29)), NOW)

        assert intents.since == NOW - KEPT_FOR


class TestTheEndOfALook:
    def test_is_followed_by_the_next_a_day_later(self) -> None:
        assert caught_up(INTERRUPTED, NOW) == AccountCheck(
            due_at=NOW + DAY, known_until=NOW - HOUR, is_gap=False, problems=("events_not_permitted",)
        )

    def test_in_which_something_failed_is_followed_by_the_same_an_hour_later(self) -> None:
        for is_gap in (True, False):
            failed = replace(INTERRUPTED, known_until=NOW - DAY, is_gap=is_gap, has_failed=True)
            assert caught_up(failed, NOW) == AccountCheck(
                due_at=NOW + HOUR,
                known_until=NOW - DAY,
                is_gap=is_gap,
                failed_looks=1,
                problems=("events_not_permitted",),
            )

    @pytest.mark.parametrize(("failed_looks", "hours"), [(1, 2), (4, 16), (5, 24), (40, 24)])
    def test_that_fails_again_and_again_is_repeated_after_growing_pauses(self, failed_looks: int, hours: int) -> None:
        failed = caught_up(replace(KNOWN, has_failed=True, failed_looks=failed_looks), NOW)

        assert (failed.due_at, failed.failed_looks) == (NOW + hours * HOUR, failed_looks + 1)

    def test_that_comes_to_its_end_begins_the_pauses_anew(self) -> None:
        assert caught_up(replace(KNOWN, failed_looks=4), NOW).failed_looks == 0

    def test_that_could_not_begin_is_put_to_the_next_day_with_all_that_is_left(self) -> None:
        assert postponed(INTERRUPTED, NOW) == replace(INTERRUPTED, due_at=NOW + DAY)
