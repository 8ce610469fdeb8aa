"""What of an account's state at Stripe the operator has to see to."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from paystream.model.account_health import (
    AccountHealth,
    EndpointStatus,
    Problem,
    kind_of,
    needed_of,
    problems_after,
    problems_of,
    text_of,
    with_endpoint,
)
from paystream.model.key_permissions import Permission, shown

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
HEALTH = AccountHealth(checked_at=NOW, charges_enabled=True)
REFUNDS = "permission_missing:rak_charge_write"


def lacking(*permissions: Permission) -> AccountHealth:
    return replace(HEALTH, missing=tuple(map(shown, permissions)))


def test_each_permission_that_lacks_is_a_problem_of_its_own() -> None:
    assert problems_of(HEALTH) == ()
    found = problems_of(lacking(Permission.REFUNDS, Permission.CUSTOMERS))

    assert found == (REFUNDS, "permission_missing:rak_customer_write")
    assert {*map(kind_of, found)} == {"permission_missing"}


def test_endpoints_and_events_have_problems_of_their_own() -> None:
    assert problems_of(lacking(Permission.EVENTS, Permission.WEBHOOK_ENDPOINTS)) == ()


def test_that_the_account_cannot_charge_is_a_problem_where_it_is_known() -> None:
    assert problems_of(replace(HEALTH, charges_enabled=False)) == ("charges_disabled",)
    assert problems_of(replace(HEALTH, charges_enabled=None)) == ()


def test_only_what_collecting_cannot_do_without_is_needed() -> None:
    assert needed_of(lacking(Permission.REFUNDS, Permission.CUSTOMERS_READ)) == (shown(Permission.CUSTOMERS_READ),)


def test_what_is_put_right_is_no_problem_any_more_and_others_stay() -> None:
    known = (REFUNDS, "charges_disabled", "events_not_permitted")

    assert problems_after(known, HEALTH) == ("events_not_permitted",)


def test_what_could_not_be_asked_for_stays_as_it_is_known() -> None:
    known = (REFUNDS, "permission_missing:rak_customer_write", "charges_disabled")
    unknown = replace(HEALTH, charges_enabled=None, unchecked=(shown(Permission.REFUNDS),))

    assert problems_after(known, unknown) == (REFUNDS, "charges_disabled")


def test_what_is_found_again_stands_once() -> None:
    assert problems_after((REFUNDS,), lacking(Permission.REFUNDS)) == (REFUNDS,)


@pytest.mark.parametrize("problem", Problem)
def test_each_problem_says_what_it_means(problem: Problem) -> None:
    assert text_of(problem).endswith(".")


def test_the_permissions_that_lack_are_named() -> None:
    text = text_of("permission_missing", [shown(Permission.REFUNDS)])

    assert text.endswith("It lacks: rak_charge_write (Charges and Refunds: Write).")
    assert "lacks:" not in text_of("charges_disabled", [shown(Permission.REFUNDS)])


def test_an_endpoint_is_in_a_state_since_it_was_found_so_first() -> None:
    found = with_endpoint(HEALTH, EndpointStatus.MISSING, NOW)
    later = NOW + timedelta(days=1)

    assert (found.endpoint_status, found.endpoint_since) == (EndpointStatus.MISSING, NOW)
    assert with_endpoint(found, EndpointStatus.MISSING, later) == found
    assert with_endpoint(found, EndpointStatus.ENABLED, later).endpoint_since == later
