"""Derived identifiers. They are stored, and known to Stripe and to subscribers: none may ever change."""

import pytest
from paystream.model import identifiers


@pytest.mark.parametrize(
    ("made", "wanted"),
    [
        (identifiers.integration_id("o", "stripe", "acct_1", livemode=True), "27d80c61-d34b-57cf-849f-f1a7b5aa8304"),
        (identifiers.integration_id("o", "stripe", "acct_1", livemode=False), "ebf4e298-22df-50fe-a802-673ea6e4849b"),
        (identifiers.payment_id("o", "i", 1), "aa030459-d545-5b91-b1d9-6082c36f1f6b"),
        (identifiers.requested_invoice_id("o", "key"), "0b49ca27-75c9-531d-8dae-f1d40aab5d88"),
        (identifiers.requested_payment_id("o", "key"), "91bf15cf-1cd7-5cba-8785-10616ddd2892"),
        (identifiers.requested_refund_id("o", "p", "key"), "71b2f3fc-cb6d-5335-832c-7911baea442c"),
        (identifiers.saved_method_id("o", "pm_1"), "6c81dc94-3f22-52fb-8616-253de83b7419"),
        (identifiers.fee_id("i", 0), "445766a5-3272-5993-b84d-30659066643b"),
        (identifiers.notification_id("payment.succeeded", "p"), "a6219464-729f-5787-972e-9929df1e24c1"),
    ],
)
def test_an_identifier_stays_what_it_has_always_been(made: str, wanted: str) -> None:
    assert made == wanted


def test_the_same_parts_have_the_same_name_and_others_another_one() -> None:
    assert identifiers.derived_id("a", "b") == identifiers.derived_id("a", "b")
    assert len({identifiers.derived_id(*parts) for parts in (("a", "b"), ("ab",), ("b", "a"), ("a", "b", ""))}) == 4
