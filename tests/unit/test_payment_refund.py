"""Whether a refund is under way, and whether its money has gone back."""

import pytest
from builders.records import RECORDED_AT
from paystream.model.payment_refund import Refund, RefundStatus

UNDER_WAY = {RefundStatus.PENDING, RefundStatus.REQUIRES_ACTION}
COUNTS = {*UNDER_WAY, RefundStatus.SUCCEEDED}


@pytest.mark.parametrize("status", RefundStatus)
def test_it_follows_from_stripes_status(status: RefundStatus) -> None:
    refund = Refund(lago_id="refund", amount_cents=1000, status=status, created_at=RECORDED_AT, updated_at=RECORDED_AT)

    assert refund.is_under_way is (status in UNDER_WAY)
    assert refund.counts is (status in COUNTS)
    assert not refund.is_unsent
