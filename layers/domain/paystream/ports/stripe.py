"""Stripe, as the use cases see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from paystream.model.account_check import EventList
from paystream.model.bank_transfer import BankTransfer
from paystream.model.card_details import CardDetails
from paystream.model.integration import Integration
from paystream.model.key_permissions import Permission
from paystream.model.outcome import Outcome
from paystream.model.payment_method import SavedMethod
from paystream.model.refund import RefundOutcome
from paystream.ports.pages import Page


@dataclass(frozen=True, slots=True)
class WebhookEndpoint:
    """An endpoint registered at Stripe; it has its signing secret only in the answer that creates it.

    `usable`: it is enabled, and sends all events that are handled in the version that is read.
    """

    id: str
    url: str
    usable: bool
    enabled: bool
    signing_secret: str | None = None


@dataclass(frozen=True, slots=True)
class ProviderCustomer:
    """A customer as Stripe knows it, with its default payment method: nothing else is charged."""

    id: str
    payment_method_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRequest:
    """One payment intent to create and confirm; `amount_cents` in minor units, `key` is the idempotency key.

    It is charged to a payment method, or with a `bank_transfer` to the customer's balance. `on_session`: as if the
    customer were there. Otherwise a bank that wants them to authenticate declines. `card_details` are sent where only
    a card can be charged.
    """

    key: str
    amount_cents: int
    currency: str
    provider_customer_id: str
    payment_method_id: str | None
    payment_method_types: tuple[str, ...]
    description: str
    metadata: dict[str, str]
    return_url: str
    bank_transfer: BankTransfer | None = None
    on_session: bool = False
    card_details: CardDetails | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedIntent:
    """A payment intent of an account. `metadata` can be written by anybody who may write to the account."""

    metadata: Mapping[str, str]
    provider_customer_id: str | None
    outcome: Outcome

    @property
    def payment_id(self) -> str | None:
        """The payment that it names."""
        return self.metadata.get("lago_payment_id")


@dataclass(frozen=True, slots=True)
class ListedEvent:
    """An event of an account as Stripe keeps it: JSON, of a type that is handled."""

    id: str
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentLinkRequest:
    """One checkout session to create; `amount_cents` in minor units, `key` is the idempotency key. `saves_method`:
    what is paid with is kept for charges off session. `bank_transfer` is how a balance is filled that pays.
    """

    key: str
    amount_cents: int
    currency: str
    provider_customer_id: str
    payment_method_types: tuple[str, ...]
    item_name: str
    description: str
    metadata: dict[str, str]
    success_url: str
    saves_method: bool
    bank_transfer: BankTransfer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundRequest:
    """One refund of a payment intent to create; `amount_cents` in minor units, `key` is the idempotency key."""

    key: str
    intent_id: str
    amount_cents: int
    reason: str | None
    metadata: dict[str, str]


@dataclass(frozen=True, slots=True)
class ProviderAccount:
    """An account at Stripe; what is charged in its `default_currency` is paid out in it. `charges_enabled` and `name`,
    as Stripe's dashboard shows it, are None where Stripe does not say.
    """

    id: str
    default_currency: str | None
    charges_enabled: bool | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckoutSession:
    """A page on which a customer pays. It has no `outcome` while it is open, and no `url` afterwards."""

    id: str
    url: str | None
    expires_at: datetime
    outcome: Outcome | None


class CheckoutPages(Protocol):
    """The pages that Stripe hosts. Errors as for `PaymentGateway`."""

    def set_up_payment_method(
        self, provider_customer_id: str, payment_method_types: Sequence[str], *, success_url: str
    ) -> str:
        """The URL of a page of Stripe on which the customer saves a payment method; it is open for a day."""
        ...

    def create_link(self, request: PaymentLinkRequest) -> CheckoutSession:
        """Make a page on which the customer pays; it is open for a day. Raises ParametersChangedError besides, and
        ChargeRefusedError as `collect` does.
        """
        ...

    def link(self, session_id: str) -> CheckoutSession | None:
        """What has become of a page; None if this account has no such page. Changes nothing."""
        ...

    def expire_link(self, session_id: str) -> CheckoutSession | None:
        """Expire a page that is still open; what it is then. None as for `link`."""
        ...

    def find_link(self, *, payment_id: str, provider_customer_id: str, since: datetime) -> CheckoutSession | None:
        """Look a page up by listing the customer's, matched on metadata; None if Stripe has none."""
        ...


class Refunds(Protocol):
    """Money that goes back. Errors as for `PaymentGateway`."""

    def create(self, request: RefundRequest) -> RefundOutcome:
        """Refund a payment, or a part of it. A refusal is an outcome: Stripe has said that nothing goes back."""
        ...

    def get(self, provider_refund_id: str) -> RefundOutcome | None:
        """What has become of a refund; None if this account has no such refund."""
        ...

    def of_intent(self, intent_id: str) -> tuple[RefundOutcome, ...]:
        """All refunds of a payment intent, by whatever way, the newest first. Raises PermissionMissingError if the
        key may not read refunds.
        """
        ...


class KeyPermissions(Protocol):
    """What a key may do. Errors as for `PaymentGateway`."""

    def check(self, permission: Permission) -> None:
        """Ask for something that changes nothing. Raises PermissionMissingError, and OutcomeUnknownError where the
        answer does not tell.
        """
        ...


class PaymentGateway(Protocol):
    """One Stripe account, reached with one key, at the pace that it allows.

    Every call may raise KeyRefusedError, OutcomeUnknownError and its kind RateLimitedError; those that change something
    also ProviderRefusedError.
    """

    @property
    def checkout(self) -> CheckoutPages: ...
    @property
    def refunds(self) -> Refunds: ...
    @property
    def permissions(self) -> KeyPermissions: ...
    def account(self) -> ProviderAccount: ...
    def webhook_endpoints(self) -> tuple[WebhookEndpoint, ...]: ...
    def create_webhook_endpoint(self, url: str) -> WebhookEndpoint: ...
    def delete_webhook_endpoint(self, endpoint_id: str) -> None: ...
    def customer(self, provider_customer_id: str) -> ProviderCustomer | None:
        """The customer with its payment method; None if this account has no such customer or deleted it."""
        ...

    def create_customer(self, params: dict[str, Any], idempotency_key: str) -> str:
        """Create a customer and return its id. Raises ParametersChangedError besides."""
        ...

    def update_customer(self, provider_customer_id: str, params: dict[str, Any]) -> None: ...
    def find_customer(self, *, lago_customer_id: str, since: datetime) -> str | None:
        """The id of the customer created for ours since then, if there is one."""
        ...

    def payment_methods(self, provider_customer_id: str) -> tuple[SavedMethod, ...]:
        """All that the customer has, the newest first."""
        ...

    def detach_payment_method(self, payment_method_id: str) -> None:
        """Take it from its customer, for good. One that nobody has any more is refused."""
        ...

    def set_default_payment_method(self, provider_customer_id: str, payment_method_id: str) -> None: ...
    def collect(self, request: PaymentRequest) -> Outcome:
        """Create and confirm a payment intent. A decline is an outcome. Raises ChargeRefusedError for a refusal that is
        the operator's: then nothing was charged.
        """
        ...

    def payment(self, intent_id: str) -> Outcome | None:
        """What has become of an intent; None if this account has no such intent. Changes nothing."""
        ...

    def intent(self, intent_id: str) -> ListedIntent | None:
        """A payment intent with what it was sent with; None if this account has no such intent."""
        ...

    def cancel_payment(self, intent_id: str) -> Outcome | None:
        """Cancel an intent, unless it has succeeded or is on its way; what it is then. None as for `payment`."""
        ...

    def find_payment(self, *, payment_id: str, provider_customer_id: str, since: datetime) -> Outcome | None:
        """Look a payment up by listing the customer's intents, matched on metadata; None if Stripe has none. Of several
        a success comes first, then what is on its way.
        """
        ...

    def intents_of(self, provider_customer_id: str, *, since: datetime) -> tuple[ListedIntent, ...]:
        """The intents of a customer since then, the newest first; none if Stripe has no such customer."""
        ...

    def intents(self, *, since: datetime, until: datetime, cursor: str | None) -> Page[ListedIntent]:
        """The account's intents that were created in these seconds, the newest first, 100 at most."""
        ...

    def events(self, wanted: EventList, *, cursor: str | None) -> Page[ListedEvent]:
        """The account's events of the types that are handled, the newest first, 100 at most."""
        ...


class Gateways(Protocol):
    """Leads to the gateway of an integration."""

    def of(self, integration: Integration) -> PaymentGateway:
        """A gateway that follows a rotation: a refused key is read again once, and a new one is used.

        Raises KeyRefusedError if the integration has no credentials.
        """
        ...

    def with_key(self, secret_key: str) -> PaymentGateway: ...
