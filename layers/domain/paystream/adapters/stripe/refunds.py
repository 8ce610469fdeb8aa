"""Refunds at Stripe, behind the port `Refunds`: https://docs.stripe.com/api/refunds."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import stripe

from paystream.adapters.stripe.errors import translated
from paystream.adapters.stripe.lookups import PAGE
from paystream.adapters.stripe.refund_objects import refund_outcome
from paystream.errors import KeyRefusedError, OutcomeUnknownError, ProviderRefusedError
from paystream.model.payment import RefundStatus
from paystream.model.refund import RefundOutcome
from paystream.ports.stripe import RefundRequest

if TYPE_CHECKING:
    from stripe.params import RefundCreateParams


class StripeRefunds:
    """The refunds of one account, reached with one key."""

    def __init__(self, client: stripe.StripeClient) -> None:
        self._v1 = client.v1

    def create(self, request: RefundRequest) -> RefundOutcome:
        params: RefundCreateParams = {
            "payment_intent": request.intent_id,
            "amount": request.amount_cents,
            "metadata": request.metadata,
        }
        if request.reason:
            params["reason"] = request.reason
        try:
            with translated():
                made = self._v1.refunds.create(params=params, options={"idempotency_key": request.key})
        except ProviderRefusedError as refused:
            return _refused(request, refused.code or str(refused))
        except KeyRefusedError as refused:
            if isinstance(refused.__context__, stripe.PermissionError):
                return _refused(request, "key_lacks_permission")
            raise
        return refund_outcome(made.to_dict())

    def get(self, provider_refund_id: str) -> RefundOutcome | None:
        try:
            with translated(), _permission_missed():
                return refund_outcome(self._v1.refunds.retrieve(provider_refund_id).to_dict())
        except ProviderRefusedError as refused:
            if refused.code == "resource_missing":
                return None
            raise

    def find(self, *, lago_id: str, intent_id: str) -> RefundOutcome | None:
        try:
            with translated(), _permission_missed():
                listed = self._v1.refunds.list(params={"payment_intent": intent_id, "limit": PAGE})
                found = (refund_outcome(refund.to_dict()) for refund in listed.auto_paging_iter())
                return next((refund for refund in found if refund.lago_id == lago_id), None)
        except ProviderRefusedError as refused:
            if refused.code == "resource_missing":
                return None
            raise


def _refused(request: RefundRequest, why: str) -> RefundOutcome:
    return RefundOutcome(
        status=RefundStatus.FAILED,
        amount_cents=request.amount_cents,
        lago_id=request.key,
        reason=request.reason,
        failure_reason=why,
    )


@contextmanager
def _permission_missed() -> Iterator[None]:
    """A key that may collect and not read refunds is no reason to collect nothing more."""
    try:
        yield
    except stripe.PermissionError:
        raise OutcomeUnknownError("the key may not read refunds; connect the integration with one that may") from None
