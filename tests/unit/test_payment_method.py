"""A customer's payment methods are found by Lago's ids."""

import pytest
from builders.records import RECORDED_AT, customer_record, integration_record
from paystream.errors import NotFoundError
from paystream.model.identifiers import saved_method_id
from paystream.model.payment_method import SavedMethod, Wallet

FIRST, SECOND = SavedMethod("pm_1", "card", RECORDED_AT), SavedMethod("pm_2", "sepa_debit", RECORDED_AT)
WALLET = Wallet(customer_record(), integration_record(), (FIRST, SECOND))


@pytest.mark.parametrize("method", [FIRST, SECOND])
def test_a_method_is_found_by_lagos_id(method: SavedMethod) -> None:
    assert WALLET.method(saved_method_id("organization", method.id)) is method


@pytest.mark.parametrize(
    "lago_id", ["pm_1", saved_method_id("organization", "pm_3"), saved_method_id("another", "pm_1")]
)
def test_any_other_is_not_found(lago_id: str) -> None:
    with pytest.raises(NotFoundError, match="payment_method"):
        WALLET.method(lago_id)
