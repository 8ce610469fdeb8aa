"""What is known of an invoice whatever becomes of its item."""

from builders.records import RECORDED_AT
from paystream.model.item_history import ItemHistory


def test_of_an_item_that_is_new_nothing_was_paid_elsewhere_and_no_customer_was_seen() -> None:
    history = ItemHistory(RECORDED_AT, ())

    assert (history.paid_elsewhere_cents, history.lives, history.customers) == (0, 0, {})
