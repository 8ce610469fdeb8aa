"""Refunds at Stripe, behind the port `Refunds`: https://docs.stripe.com/api/refunds."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import stripe

from paystream.adapters.stripe.errors import translated
from paystream.adapters.stripe.fields import readable
from paystream.adapters.stripe.lookups import PAGE
from paystream.adapters.stripe.refund_objects import is_refund_of_ours, refund_outcome
from paystream.errors import OutcomeUnknownError, PermissionMissingError, ProviderRefusedError, ResourceMissingError
from paystream.model.refund import KEY_LACKS_PERMISSION, RefundOutcome, refused_refund
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
                return refund_outcome(made.to_dict())
        except ProviderRefusedError as refused:
            return refused_refund(request.key, request.amount_cents, request.reason, refused.code or str(refused))
        except PermissionMissingError:
            return refused_refund(request.key, request.amount_cents, request.reason, KEY_LACKS_PERMISSION)

    def get(self, provider_refund_id: str) -> RefundOutcome | None:
        with _may_not_be_read(), suppress(ResourceMissingError), translated():
            return refund_outcome(self._v1.refunds.retrieve(provider_refund_id).to_dict())
        return None

    def of_intent(self, intent_id: str) -> tuple[RefundOutcome, ...]:
        with suppress(ResourceMissingError), translated():
            listed = self._v1.refunds.list(params={"payment_intent": intent_id, "limit": PAGE})
            found = (refund.to_dict() for refund in listed.auto_paging_iter())
            return tuple(readable(found, refund_outcome, is_refund_of_ours))
        return ()


@contextmanager
def _may_not_be_read() -> Iterator[None]:
    """A key that may collect and not read refunds is no reason to collect nothing more."""
    try:
        yield
    except PermissionMissingError:
        raise OutcomeUnknownError("the key may not read refunds; connect the integration with one that may") from None
