"""Stripe behind the port `PaymentGateway`: only this module and those of pages, refunds and permissions call Stripe."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, cast

import stripe

from paystream.adapters.stripe.checkout_pages import StripeCheckoutPages
from paystream.adapters.stripe.errors import translated
from paystream.adapters.stripe.events import ENABLED_EVENTS, types_of
from paystream.adapters.stripe.fields import flag, needed_text, needed_time, part, readable, reference, text, texts
from paystream.adapters.stripe.intent_params import METHOD, intent_params
from paystream.adapters.stripe.intents import charged_method, fingerprint, outcome_from_intent
from paystream.adapters.stripe.lookups import PAGE, bounded, created_since, epoch, metadata_of
from paystream.adapters.stripe.permissions import StripeKeyPermissions
from paystream.adapters.stripe.refunds import StripeRefunds
from paystream.adapters.stripe.refused_charges import refused_charge
from paystream.errors import ProviderRefusedError, ResourceMissingError
from paystream.model.account_check import EventList
from paystream.model.outcome import Outcome, of_several
from paystream.model.payment_method import SavedMethod
from paystream.ports.pages import Page
from paystream.ports.stripe import (
    ListedEvent,
    ListedIntent,
    PaymentRequest,
    ProviderAccount,
    ProviderCustomer,
    WebhookEndpoint,
)

if TYPE_CHECKING:
    from stripe.params import (
        CustomerCreateParams,
        CustomerModifyParams,
        EventListParams,
        PaymentIntentListParams,
    )

API_VERSION: Final = "2026-10-28.endive"
"""Pinned: answers and events keep their shape until this line and the library change together."""


class StripeGateway:
    """One account, reached with one key."""

    def __init__(self, client: stripe.StripeClient) -> None:
        self._v1 = client.v1
        self._checkout = StripeCheckoutPages(client)
        self._refunds = StripeRefunds(client)
        self._permissions = StripeKeyPermissions(client)

    @property
    def checkout(self) -> StripeCheckoutPages:
        return self._checkout

    @property
    def refunds(self) -> StripeRefunds:
        return self._refunds

    @property
    def permissions(self) -> StripeKeyPermissions:
        return self._permissions

    def account(self) -> ProviderAccount:
        with translated():
            account = self._v1.accounts.retrieve_current().to_dict()
            currency = text(account, "default_currency")
            return ProviderAccount(
                needed_text(account, "id"),
                currency.upper() if currency else None,
                flag(account, "charges_enabled"),
                _name_of(account),
            )

    def webhook_endpoints(self) -> tuple[WebhookEndpoint, ...]:
        with translated():
            listed = self._v1.webhook_endpoints.list(params={"limit": PAGE})
            found = (endpoint.to_dict() for endpoint in listed.auto_paging_iter())
            return tuple(readable(found, _endpoint, _is_nobodys))

    def create_webhook_endpoint(self, url: str) -> WebhookEndpoint:
        with translated():
            return _endpoint(
                self._v1.webhook_endpoints.create(
                    params={
                        "url": url,
                        "enabled_events": [*ENABLED_EVENTS],
                        "api_version": API_VERSION,
                        "description": "Paystream",
                    }
                ).to_dict()
            )

    def delete_webhook_endpoint(self, endpoint_id: str) -> None:
        with suppress(ResourceMissingError), translated():
            self._v1.webhook_endpoints.delete(endpoint_id)

    def customer(self, provider_customer_id: str) -> ProviderCustomer | None:
        with suppress(ResourceMissingError), translated():
            customer = self._v1.customers.retrieve(provider_customer_id)
            if not getattr(customer, "deleted", False):
                return ProviderCustomer(customer.id, _default_payment_method(customer))
        return None

    def create_customer(self, params: dict[str, Any], idempotency_key: str) -> str:
        with translated():
            return self._v1.customers.create(
                params=cast("CustomerCreateParams", params), options={"idempotency_key": idempotency_key}
            ).id

    def update_customer(self, provider_customer_id: str, params: dict[str, Any]) -> None:
        with translated():
            self._v1.customers.update(provider_customer_id, params=cast("CustomerModifyParams", params))

    def find_customer(self, *, lago_customer_id: str, since: datetime) -> str | None:
        with translated():
            listed = self._v1.customers.list(params={"created": {"gte": epoch(since)}, "limit": PAGE})
            for customer in listed.auto_paging_iter():
                if metadata_of(customer).get("lago_customer_id") == lago_customer_id:
                    return customer.id
        return None

    def payment_methods(self, provider_customer_id: str) -> tuple[SavedMethod, ...]:
        with translated():
            listed = self._v1.customers.payment_methods.list(provider_customer_id, params={"limit": PAGE})
            found = (method.to_dict() for method in listed.auto_paging_iter())
            return tuple(readable(found, _saved_method, _is_nobodys))

    def detach_payment_method(self, payment_method_id: str) -> None:
        with translated():
            self._v1.payment_methods.detach(payment_method_id)

    def set_default_payment_method(self, provider_customer_id: str, payment_method_id: str) -> None:
        with translated():
            self._v1.customers.update(
                provider_customer_id, params={"invoice_settings": {"default_payment_method": payment_method_id}}
            )

    def collect(self, request: PaymentRequest) -> Outcome:
        """A refusal (402, 400, 404) is an outcome: Stripe has said that nothing was charged."""
        try:
            with translated():
                intent = self._v1.payment_intents.create(
                    params=intent_params(request), options={"idempotency_key": request.key}
                )
        except ProviderRefusedError as refused:
            return refused_charge(cast("stripe.StripeError", refused.__context__), request.payment_method_types)
        return outcome_from_intent(intent.to_dict())

    def payment(self, intent_id: str) -> Outcome | None:
        found = self.intent(intent_id)
        return found.outcome if found else None

    def intent(self, intent_id: str) -> ListedIntent | None:
        with suppress(ResourceMissingError), translated():
            return _listed_intent(self._v1.payment_intents.retrieve(intent_id, params={"expand": [METHOD]}).to_dict())
        return None

    def cancel_payment(self, intent_id: str) -> Outcome | None:
        """Source: https://docs.stripe.com/api/payment_intents/cancel"""
        try:
            with suppress(ResourceMissingError), translated():
                return outcome_from_intent(self._v1.payment_intents.cancel(intent_id).to_dict())
        except ProviderRefusedError as refused:
            if refused.code != "payment_intent_unexpected_state":
                raise
            return self.payment(intent_id)
        return None

    def find_payment(self, *, payment_id: str, provider_customer_id: str, since: datetime) -> Outcome | None:
        listed = self.intents_of(provider_customer_id, since=since)
        return of_several(one.outcome for one in listed if one.payment_id == payment_id)

    def intents_of(self, provider_customer_id: str, *, since: datetime) -> tuple[ListedIntent, ...]:
        """Stripe does not say whether it lists what a deleted customer has paid. Where it does not, all of the account
        is listed: what is not found counts as never sent, and is charged.
        """
        try:
            return self._listed_intents(since, provider_customer_id)
        except ResourceMissingError:
            listed = self._listed_intents(since)
        return tuple(one for one in listed if one.provider_customer_id in (provider_customer_id, None))

    def _listed_intents(self, since: datetime, provider_customer_id: str | None = None) -> tuple[ListedIntent, ...]:
        params: PaymentIntentListParams = {
            "created": cast("Any", created_since(since)),
            "limit": PAGE,
            "expand": [f"data.{METHOD}"],
        }
        if provider_customer_id:
            params["customer"] = provider_customer_id
        with translated():
            listed = self._v1.payment_intents.list(params=params).auto_paging_iter()
            found = (intent.to_dict() for intent in (listed if provider_customer_id else bounded(listed)))
            return tuple(readable(found, _listed_intent, _bears_a_name))

    def intents(self, *, since: datetime, until: datetime, cursor: str | None) -> Page[ListedIntent]:
        """Stripe's times are whole seconds: the one of `until` belongs to it."""
        params: PaymentIntentListParams = {"created": {"gte": epoch(since), "lte": epoch(until)}, "limit": PAGE}
        if cursor:
            params["starting_after"] = cursor
        with translated():
            listed = self._v1.payment_intents.list(params=params)
        found = readable((intent.to_dict() for intent in listed.data), _listed_intent, _is_nobodys)
        return Page(tuple(found), listed.data[-1].id if listed.has_more else None)

    def events(self, wanted: EventList, *, cursor: str | None) -> Page[ListedEvent]:
        """Source: https://docs.stripe.com/webhooks/process-undelivered-events"""
        params: EventListParams = {
            "created": {"gte": epoch(wanted.since), "lte": epoch(wanted.until)},
            "types": types_of(of_intents=wanted.of_intents, of_others=wanted.of_others),
            "limit": PAGE,
        }
        if wanted.only_undelivered:
            params["delivery_success"] = False
        if cursor:
            params["starting_after"] = cursor
        with translated():
            listed = self._v1.events.list(params=params)
        return Page(
            tuple(ListedEvent(event.id, event.to_dict()) for event in listed.data),
            listed.data[-1].id if listed.has_more else None,
        )


def _name_of(account: Mapping[str, Any]) -> str | None:
    """Source: https://docs.stripe.com/api/accounts/object#account_object-settings-dashboard-display_name"""
    shown = text(part(part(account, "settings"), "dashboard"), "display_name")
    return shown or text(part(account, "business_profile"), "name")


def _default_payment_method(customer: stripe.Customer) -> str | None:
    found = customer.to_dict()
    settings = part(found, "invoice_settings")
    return reference(settings, "default_payment_method") or reference(found, "default_source")


def _listed_intent(intent: Mapping[str, Any]) -> ListedIntent:
    return ListedIntent(
        metadata=texts(intent, "metadata"),
        provider_customer_id=reference(intent, "customer"),
        outcome=outcome_from_intent(intent),
    )


def _bears_a_name(intent: Mapping[str, Any]) -> bool:
    return "lago_payment_id" in part(intent, "metadata")


def _is_nobodys(_thing: Mapping[str, Any]) -> bool:
    """Where nothing is begun because of what is not found."""
    return False


def _saved_method(method: Mapping[str, Any]) -> SavedMethod:
    return SavedMethod(
        needed_text(method, "id"),
        needed_text(method, "type"),
        needed_time(method, "created"),
        fingerprint(method),
        charged_method(method),
    )


def _endpoint(endpoint: Mapping[str, Any]) -> WebhookEndpoint:
    return WebhookEndpoint(
        id=needed_text(endpoint, "id"),
        url=needed_text(endpoint, "url"),
        usable=endpoint.get("status") == "enabled"
        and endpoint.get("api_version") == API_VERSION
        and {*ENABLED_EVENTS} <= {*(endpoint.get("enabled_events") or ())},
        enabled=endpoint.get("status") == "enabled",
        signing_secret=text(endpoint, "secret"),
    )
