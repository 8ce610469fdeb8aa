"""How declines are counted by card, over all invoices."""

from datetime import timedelta

from builders.records import RECORDED_AT
from paystream.model.card_declines import (
    COUNTED_FOR,
    MOST_CARDS_KEPT,
    CardDeclines,
    ended,
    is_spent,
    may_be_tried,
    with_decline_of,
    without_hard,
)
from paystream.model.outcome import Failure
from paystream.model.payment_method_types import MOST_TRIES

NOW = RECORDED_AT
HOUR = timedelta(hours=1)


def declined(times: int, *, is_hard: bool = False, method: str = "pm_1") -> tuple[CardDeclines, ...]:
    """One card, so many times, an hour apart, the last time now."""
    known: tuple[CardDeclines, ...] = ()
    for number in range(times):
        known = with_decline_of(known, method, "card-1", is_hard=is_hard, now=NOW - (times - 1 - number) * HOUR)
    return known


def test_a_card_counts_under_whatever_id_it_has() -> None:
    known = with_decline_of(declined(2), "pm_2", "card-1", is_hard=False, now=NOW)

    (only,) = known
    assert (len(only.declined_at), only.payment_method_id) == (3, "pm_2")


def test_a_method_without_a_fingerprint_counts_by_its_id() -> None:
    known = with_decline_of((), "pm_1", None, is_hard=False, now=NOW)

    assert [one.card for one in known] == ["pm_1"]


def test_a_card_is_spent_once_it_was_declined_as_often_as_the_networks_allow() -> None:
    assert not is_spent(declined(MOST_TRIES - 1), "pm_1", None, NOW)
    assert is_spent(declined(MOST_TRIES), "pm_1", None, NOW)
    assert is_spent(declined(MOST_TRIES), "pm_other", "card-1", NOW)
    assert not is_spent(declined(MOST_TRIES), "pm_other", "card-2", NOW)
    assert not is_spent(declined(MOST_TRIES), "pm_1", None, NOW + COUNTED_FOR)


def test_another_method_may_be_tried_unless_it_is_spent_or_was_declined_for_good() -> None:
    assert may_be_tried((), "pm_1", None, NOW)
    assert may_be_tried(declined(1), "pm_1", "card-1", NOW)
    assert not may_be_tried(declined(MOST_TRIES), "pm_1", "card-1", NOW)
    assert not may_be_tried(declined(1, is_hard=True), "pm_1", "card-1", NOW)
    assert not may_be_tried(declined(1, is_hard=True), "pm_other", "card-1", NOW)
    assert may_be_tried(declined(1, is_hard=True), "pm_1", "card-1", NOW + COUNTED_FOR)


def test_a_renewal_lets_it_be_tried_again() -> None:
    assert may_be_tried(without_hard(declined(1, is_hard=True), "pm_1"), "pm_1", "card-1", NOW)
    assert not may_be_tried(without_hard(declined(1, is_hard=True), "pm_2"), "pm_1", "card-1", NOW)


def test_what_is_kept_is_bounded() -> None:
    known = declined(MOST_TRIES + 5)
    for number in range(MOST_CARDS_KEPT + 5):
        known = with_decline_of(known, f"pm_{number}", f"other-{number}", is_hard=False, now=NOW)

    assert len(known) == MOST_CARDS_KEPT
    assert known[-1].card == f"other-{MOST_CARDS_KEPT + 4}"
    assert len(declined(MOST_TRIES + 5)[0].declined_at) == MOST_TRIES


def test_what_is_older_than_is_counted_is_forgotten() -> None:
    known = with_decline_of(declined(1), "pm_2", "card-2", is_hard=False, now=NOW + COUNTED_FOR)

    assert [one.card for one in known] == ["card-2"]


def test_a_method_has_ended_for_as_long_as_its_last_decline_says_so() -> None:
    stolen = Failure(code="card_declined", message="", decline_code="stolen_card")
    known = with_decline_of(declined(1), "pm_1", "card-1", is_hard=True, ended_by=stolen, now=NOW)
    (card,) = known

    assert (card.ended_by, len(card.declined_at)) == (stolen, 2)
    assert ended(known, "pm_1", NOW) == ended(known, "pm_1", NOW + COUNTED_FOR - HOUR) == card
    assert ended(known, "pm_1", NOW + COUNTED_FOR) is None
    assert ended(known, "pm_2", NOW) is None
    assert ended(declined(1, is_hard=True), "pm_1", NOW) is None
    assert ended(without_hard(known, "pm_1"), "pm_1", NOW) is None
    assert ended(with_decline_of(known, "pm_1", "card-1", is_hard=False, now=NOW), "pm_1", NOW) is None
