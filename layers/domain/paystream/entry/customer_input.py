"""The body of `POST /customers`: Lago's."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    Field,
    StrictBool,
    StrictInt,
    StringConstraints,
    WithJsonSchema,
    field_validator,
)
from pydantic_core import PydanticCustomError

from paystream.entry.refused_words import refused_of_customer
from paystream.entry.validation import Input, own_code, validated
from paystream.lago.customers import PROFILE
from paystream.model.customer import LONGEST_EMAIL, LONGEST_NAME, LONGEST_PHONE, FallbackConsent, first_email
from paystream.model.payment_method_types import PAYMENT_METHOD_TYPES, types_named
from paystream.use_cases.customers.customer_as_sent import CustomerChange

MOST_DAYS = 10_000
CLEARED_BY_NULL = frozenset({"payment_provider", "provider_customer_id"})

Text = Annotated[str, StringConstraints(strict=True, max_length=1024)]
StripeName = Annotated[str, StringConstraints(strict=True, max_length=LONGEST_NAME)]
Phone = Annotated[str, StringConstraints(strict=True, max_length=LONGEST_PHONE)]
Country = Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Za-z]{2}$")]


def _accepted_type(name: str) -> str:
    if name not in PAYMENT_METHOD_TYPES:
        raise ValueError("there is no such type")
    return name


def _is_usable(emails: str) -> str:
    """Stripe gets the first of a list: there must be one, unless the list is empty."""
    first = first_email(emails)
    if (emails.strip() and not first) or len(first) > LONGEST_EMAIL:
        raise PydanticCustomError(own_code("value_is_invalid"), "the first address is missing, or too long")
    return emails


Emails = Annotated[Text, AfterValidator(_is_usable)]
PaymentMethodTypeName = Annotated[
    str,
    StringConstraints(strict=True),
    AfterValidator(_accepted_type),
    WithJsonSchema({"enum": list(PAYMENT_METHOD_TYPES)}),
]


class AddressInput(Input):
    """A postal address."""

    address_line1: Text | None = None
    address_line2: Text | None = None
    city: Text | None = None
    zipcode: Text | None = None
    state: Text | None = None
    country: Country | None = None


class CustomerMetadataInput(Input):
    """A pair the organization keeps with its customer."""

    key: Annotated[str, StringConstraints(strict=True, min_length=1, max_length=20)]
    value: Annotated[str, StringConstraints(strict=True, max_length=100)]
    display_in_invoice: StrictBool = False


class BillingConfigurationInput(Input):
    """How the customer is linked to Stripe. `sync` is accepted: a Stripe customer is always created at once."""

    payment_provider: Literal["stripe"] | None = None
    payment_provider_code: Annotated[str, StringConstraints(strict=True, min_length=1, max_length=64)] | None = None
    provider_customer_id: (
        Annotated[str, StringConstraints(strict=True, pattern=r"^cus_[A-Za-z0-9_]{1,200}$")] | None
    ) = None
    sync: StrictBool | None = None
    sync_with_provider: StrictBool | None = None
    provider_payment_methods: Annotated[tuple[PaymentMethodTypeName, ...], Field(min_length=1)] | None = None

    @field_validator("provider_payment_methods")
    @classmethod
    def _methods_go_together(cls, methods: tuple[str, ...] | None) -> tuple[str, ...] | None:
        """Lago's rules, in Lago's words: `link_requires_card`, `customer_balance_must_be_alone`."""
        for one in types_named(methods or ()):
            if one.goes_with and one.goes_with not in (methods or ()):
                raise PydanticCustomError(own_code(f"{one.name}_requires_{one.goes_with}"), "it needs another type")
            if one.is_transfer and methods != (one.name,):
                raise PydanticCustomError(own_code(f"{one.name}_must_be_alone"), "it stands alone")
        return methods


def _is_time(sent: str) -> str:
    """With its offset, and within the years 1 to 9999 in UTC, too."""
    try:
        if datetime.fromisoformat(sent).tzinfo is not None:
            return datetime.fromisoformat(sent).astimezone(UTC).isoformat()
    except (ValueError, OverflowError):
        pass
    raise PydanticCustomError(own_code("invalid_date"), "no time with an offset")


class FallbackConsentInput(Input):
    """Who has agreed that any method on file is charged where one is declined, when, and how."""

    given_by: Annotated[str, StringConstraints(strict=True, min_length=1, max_length=255)]
    given_at: Annotated[str, StringConstraints(strict=True, max_length=64), AfterValidator(_is_time)]
    given_how: Annotated[str, StringConstraints(strict=True, min_length=1, max_length=1024)]


class CustomerInput(AddressInput):
    """Only what is sent is changed."""

    external_id: Annotated[str, StringConstraints(strict=True, min_length=1, max_length=255)]
    account_type: Literal["customer", "partner"] | None = None
    name: StripeName | None = None
    firstname: StripeName | None = None
    lastname: StripeName | None = None
    customer_type: Literal["company", "individual"] | None = None
    email: Emails | None = None
    url: Text | None = None
    phone: Phone | None = None
    logo_url: Text | None = None
    legal_name: Text | None = None
    legal_number: Text | None = None
    currency: Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Z]{3}$")] | None = None
    tax_identification_number: Text | None = None
    timezone: Text | None = None
    net_payment_term: Annotated[StrictInt, Field(ge=0, le=MOST_DAYS)] | None = None
    external_salesforce_id: Text | None = None
    finalize_zero_amount_invoice: Text | None = None
    shipping_address: AddressInput | None = None
    metadata: Annotated[tuple[CustomerMetadataInput, ...], Field(max_length=5)] | None = None
    billing_configuration: BillingConfigurationInput | None = None
    fallback_payment_consent: FallbackConsentInput | None = None


def customer_change(values: dict[str, object]) -> CustomerChange:
    """The checked change. Raises InvalidInputError."""
    sent = validated(CustomerInput, values, refused=refused_of_customer(values))
    kept = {*PROFILE, "shipping_address", "metadata"}
    billing = sent.billing_configuration
    return CustomerChange(
        external_id=sent.external_id,
        profile={name: value for name, value in sent.sent().items() if name in kept},
        billing=_given(billing.sent()) if billing else {},
        says_consent="fallback_payment_consent" in sent.model_fields_set,
        consent=_consent(sent.fallback_payment_consent),
    )


def _consent(sent: FallbackConsentInput | None) -> FallbackConsent | None:
    """In UTC. A null withdraws it."""
    if sent is None:
        return None
    given_at = datetime.fromisoformat(sent.given_at)
    return FallbackConsent(given_by=sent.given_by, given_at=given_at, given_how=sent.given_how)


def _given(billing: dict[str, object]) -> dict[str, object]:
    """Where null has no meaning, it is as if nothing had been sent."""
    return {name: value for name, value in billing.items() if value is not None or name in CLEARED_BY_NULL}
