"""A customer of an organization, and how Stripe knows it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from paystream.model.card_declines import CardDeclines
from paystream.model.payment_method_types import CUSTOMER_BALANCE, PaymentMethodType, types_named

DEFAULT_PAYMENT_METHODS = ("card",)


LONGEST_NAME, LONGEST_EMAIL, LONGEST_PHONE = 256, 512, 20
"""In characters: https://docs.stripe.com/api/customers/create"""


def first_email(emails: str) -> str:
    """The first address of a list with commas, as Lago sends Stripe; empty if there is none."""
    return emails.split(",", maxsplit=1)[0].strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerCreation:
    """A Stripe customer that was asked for and not yet confirmed.

    Stored before Stripe is called, so that a crash repeats the same request under the same idempotency key. `tries` is
    how often its outcome stayed unknown under this key.
    """

    idempotency_key: str
    started_at: datetime
    params: dict[str, Any]
    tries: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedCreation:
    """That Stripe has refused to create the customer, the last time then. `code` is Stripe's, if it gave one."""

    at: datetime
    code: str | None = None


MOST_FORMER_LINKS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerLink:
    """How Stripe knew a customer until then: payments that were on their way belong there."""

    payment_provider_code: str
    integration_id: str
    provider_customer_id: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FallbackConsent:
    """That a customer agrees to be charged to any method on file where one is declined: who said so, when and how."""

    given_by: str
    given_at: datetime
    given_how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """What is on file of a payment method was updated at Stripe, the last time then, by Stripe's time."""

    payment_method_id: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """`profile` holds Lago's descriptive fields as they were sent (name, e-mail, address, …). `integration_id` names
    the account that the code stood for when the customer was linked. `payment_method_as_of` is Stripe's time of the
    news that set the payment method: older news is ignored. `renewal` is of the method that is charged.
    `card_declines` are of all its invoices; `last_paid_payment_method_id` is what took the place of another method and
    has paid. Until `paid_by_bank_transfer_until` its invoices were collected by bank transfer. `creation_refused` is
    there while it is without an id for that. One that was deleted is kept for what is on its way, and for what may
    have been sent while it was linked; it is linked to nobody any more.
    """

    organization_id: str
    external_id: str
    lago_id: str
    profile: dict[str, Any]
    created_at: datetime
    updated_at: datetime
    payment_provider: str | None = None
    payment_provider_code: str | None = None
    integration_id: str | None = None
    provider_customer_id: str | None = None
    sync_with_provider: bool | None = None
    provider_payment_methods: tuple[str, ...] = DEFAULT_PAYMENT_METHODS
    payment_method_id: str | None = None
    payment_method_as_of: datetime | None = None
    renewal: Renewal | None = None
    fallback_consent: FallbackConsent | None = None
    card_declines: tuple[CardDeclines, ...] = ()
    last_paid_payment_method_id: str | None = None
    paid_by_bank_transfer_until: datetime | None = None
    creation: CustomerCreation | None = None
    creation_refused: RefusedCreation | None = None
    former_links: tuple[FormerLink, ...] = ()
    deleted_at: datetime | None = None
    version: int = 0

    @property
    def name(self) -> str | None:
        """The name to show at Stripe: the company's, else first and last name."""
        parts = (self.profile.get("firstname"), self.profile.get("lastname"))
        return self.profile.get("name") or " ".join(part for part in parts if part) or None

    @property
    def country(self) -> str | None:
        """Its country's two letters, in capitals."""
        country: str | None = self.profile.get("country")
        return country.upper() if country else None

    @property
    def is_partner(self) -> bool:
        """Whether it bills itself: what its invoices say is paid to it, so that nothing is ever collected.

        Source: https://github.com/getlago/lago-api/blob/main/app/services/invoices/payments/create_service.rb
        """
        return self.profile.get("account_type") == "partner"

    @property
    def pays_by_bank_transfer(self) -> bool:
        """Whether it pays from its balance at Stripe: that method stands alone."""
        return self.provider_payment_methods == (CUSTOMER_BALANCE,)

    @property
    def pays_with(self) -> str | None:
        """What its invoices are charged to automatically: its balance, or the id of its payment method; None if nothing
        can be charged.
        """
        if self.pays_by_bank_transfer:
            return CUSTOMER_BALANCE
        return self.payment_method_id if self.charged_types else None

    @property
    def payment_method_types(self) -> tuple[PaymentMethodType, ...]:
        """What it may pay with, and what each type can do."""
        return types_named(self.provider_payment_methods)

    @property
    def charged_types(self) -> tuple[str, ...]:
        """The types of payment method that may be charged while the customer is not there."""
        return tuple(one.name for one in self.payment_method_types if one.is_charged_off_session)

    def links_until(self, until: datetime) -> tuple[FormerLink, ...]:
        """How Stripe has known it until then, the latest first."""
        if not (self.payment_provider_code and self.integration_id and self.provider_customer_id):
            return self.former_links
        today = FormerLink(
            payment_provider_code=self.payment_provider_code,
            integration_id=self.integration_id,
            provider_customer_id=self.provider_customer_id,
            until=until,
        )
        return (today, *self.former_links)

    @property
    def requires_on_session(self) -> bool:
        """Whether it is charged as if it were there, so that its bank may ask it to authenticate: India's rule.

        Source: https://docs.stripe.com/india-recurring-payments
        """
        return self.country == "IN"
