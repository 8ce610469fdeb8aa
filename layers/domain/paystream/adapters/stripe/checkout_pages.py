"""The pages that Stripe hosts, behind the port `CheckoutPages`: https://docs.stripe.com/api/checkout/sessions."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

import stripe

from paystream.adapters.stripe.errors import translated
from paystream.adapters.stripe.fields import needed_text, needed_time, part, reference, text
from paystream.adapters.stripe.intents import outcome_from_intent
from paystream.adapters.stripe.lookups import PAGE, bounded, created_since, metadata_of
from paystream.adapters.stripe.refused_charges import raise_if_operators
from paystream.errors import ProviderRefusedError, ResourceMissingError
from paystream.model.bank_transfer import BankTransfer
from paystream.model.outcome import Outcome, expired_link
from paystream.ports.stripe import CheckoutSession, PaymentLinkRequest

if TYPE_CHECKING:
    from stripe.params.checkout import SessionCreateParams, SessionCreateParamsPaymentIntentData, SessionListParams

_INTENT = "payment_intent.payment_method"
"""Is expanded: the page's intent, and what it was paid with."""


class StripeCheckoutPages:
    """The pages of one account, reached with one key."""

    def __init__(self, client: stripe.StripeClient) -> None:
        self._v1 = client.v1

    def set_up_payment_method(
        self, provider_customer_id: str, payment_method_types: Sequence[str], *, success_url: str
    ) -> str:
        """Source: https://docs.stripe.com/api/checkout/sessions/create"""
        with translated():
            session = self._v1.checkout.sessions.create(
                params={
                    "mode": "setup",
                    "customer": provider_customer_id,
                    "allowed_payment_method_types": cast("Any", list(payment_method_types)),
                    "success_url": success_url,
                }
            )
            return str(session.url)

    def create_link(self, request: PaymentLinkRequest) -> CheckoutSession:
        """Without a time it expires after 24 hours, so the same parameters are sent whenever it is sent again."""
        try:
            with translated():
                made = self._v1.checkout.sessions.create(
                    params=_link_params(request), options={"idempotency_key": request.key}
                )
                return _session(made)
        except ProviderRefusedError as refused:
            raise_if_operators(cast("stripe.StripeError", refused.__context__), request.payment_method_types)
            raise

    def link(self, session_id: str) -> CheckoutSession | None:
        with suppress(ResourceMissingError), translated():
            return _session(self._v1.checkout.sessions.retrieve(session_id, params={"expand": [_INTENT]}))
        return None

    def expire_link(self, session_id: str) -> CheckoutSession | None:
        """One that is not open any more is refused, without a code of its own. Source:
        https://docs.stripe.com/api/checkout/sessions/expire
        """
        try:
            with translated():
                return _session(self._v1.checkout.sessions.expire(session_id))
        except ProviderRefusedError:
            return self.link(session_id)

    def find_link(self, *, payment_id: str, provider_customer_id: str, since: datetime) -> CheckoutSession | None:
        """For a deleted customer as `intents_of` of the gateway."""
        try:
            return self._find_link(payment_id, since, provider_customer_id)
        except ResourceMissingError:
            return self._find_link(payment_id, since)

    def _find_link(
        self, payment_id: str, since: datetime, provider_customer_id: str | None = None
    ) -> CheckoutSession | None:
        params: SessionListParams = {
            "created": cast("Any", created_since(since)),
            "limit": PAGE,
            "expand": ["data.payment_intent"],
        }
        if provider_customer_id:
            params["customer"] = provider_customer_id
        with translated():
            listed = self._v1.checkout.sessions.list(params=params).auto_paging_iter()
            for session in listed if provider_customer_id else bounded(listed):
                if metadata_of(session).get("lago_payment_id") == payment_id:
                    return _session(session)
        return None


def _link_params(request: PaymentLinkRequest) -> "SessionCreateParams":
    intent: SessionCreateParamsPaymentIntentData = {"description": request.description, "metadata": request.metadata}
    if request.saves_method:
        intent["setup_future_usage"] = "off_session"
    params: SessionCreateParams = {
        "mode": "payment",
        "customer": request.provider_customer_id,
        "allowed_payment_method_types": cast("Any", list(request.payment_method_types)),
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": request.currency.lower(),
                    "unit_amount": request.amount_cents,
                    "product_data": {"name": request.item_name},
                },
            }
        ],
        "payment_intent_data": intent,
        "metadata": request.metadata,
        "success_url": request.success_url,
    }
    if request.bank_transfer:
        params["payment_method_options"] = {"customer_balance": funding_of(request.bank_transfer)}
    return params


def funding_of(transfer: BankTransfer) -> Any:
    """How a customer's balance is filled, for an intent and for a page.

    Source: https://docs.stripe.com/payments/bank-transfers/accept-a-payment
    """
    funding: dict[str, Any] = {"funding_type": "bank_transfer"}
    if transfer.type:
        funding["bank_transfer"] = {"type": transfer.type}
        if transfer.country:
            funding["bank_transfer"]["eu_bank_transfer"] = {"country": transfer.country}
    return funding


def _session(session: stripe.checkout.Session) -> CheckoutSession:
    found = session.to_dict()
    return CheckoutSession(
        id=needed_text(found, "id"),
        url=text(found, "url"),
        expires_at=needed_time(found, "expires_at"),
        outcome=_outcome(found),
    )


def _outcome(session: dict[str, Any]) -> Outcome | None:
    """A page that is complete has an intent, which may still be on its way; one that expired may have had one."""
    match needed_text(session, "status"):
        case "open":
            return None
        case "complete":
            return outcome_from_intent(part(session, "payment_intent"))
        case _:
            return expired_link(reference(session, "payment_intent"))
