"""Whether the bank has taken the money of a disputed payment back."""

import pytest
from paystream.model.payment_dispute import Dispute


@pytest.mark.parametrize("status", ["lost", "won", "needs_response", "a_status_of_next_year", "z_status_of_next_year"])
def test_only_a_lost_one_has_cost_its_money(status: str) -> None:
    dispute = Dispute(id="du_1", status=status, reason="fraudulent", amount_cents=4200, currency="EUR")

    assert dispute.is_lost is (status == "lost")
