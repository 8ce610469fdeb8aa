"""What an invoice may say when it comes in, and the body of `POST /invoices`."""

import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
)
from pydantic import StrictBool as Flag
from pydantic import StrictInt as Integer
from pydantic_core import PydanticCustomError

from paystream.entry.payment_method_input import PaymentMethodInput
from paystream.entry.refused_words import refused_of_invoice
from paystream.entry.validation import Input, own_code, validated
from paystream.model.currency import LARGEST_AMOUNT, SUPPORTED, smallest_step
from paystream.model.invoice import Fee, MetadataEntry
from paystream.use_cases.invoices.create_invoice import InvoiceRequest

MOST_FEES = 100
MOST_UNITS = 10**9
MOST_DECIMALS = 30
UNITS_AS_TEXT = r"^[0-9]{1,9}(\.[0-9]{1,30})?$"
TIMESTAMP = r"^(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})$"
DAY = r"^(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}$"
MOST_DAYS = 10_000


def _is_supported(currency: str) -> str:
    if currency not in SUPPORTED:
        raise PydanticCustomError(own_code("currency_not_supported"), "Stripe does not charge in this currency")
    return currency


def _is_number(units: object) -> object:
    if isinstance(units, str) and not re.fullmatch(UNITS_AS_TEXT, units):
        raise PydanticCustomError(own_code("value_is_invalid"), "the text is no decimal number")
    return units


def _has_few_decimals(units: Decimal) -> Decimal:
    exponent = units.as_tuple().exponent
    if units.is_signed() or (isinstance(exponent, int) and exponent < -MOST_DECIMALS):
        raise PydanticCustomError(own_code("value_is_invalid"), "too many decimals, or a negative zero")
    return units


def _is_timestamp(time: object) -> object:
    if not (isinstance(time, str) and re.fullmatch(TIMESTAMP, time)):
        raise PydanticCustomError(own_code("value_is_invalid"), "not a time with its offset from UTC")
    return time


def _is_day(day: object) -> object:
    if not (isinstance(day, str) and re.fullmatch(DAY, day)):
        raise PydanticCustomError(own_code("value_is_invalid"), "not a date")
    return day


Amount = Annotated[Integer, Field(ge=0, le=LARGEST_AMOUNT)]
Currency = Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Z]{3}$"), AfterValidator(_is_supported)]
Name = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=255)]
Number = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=255, pattern=r"^[^#]")]
Units = Annotated[
    Decimal,
    Field(ge=0, le=MOST_UNITS, allow_inf_nan=False),
    BeforeValidator(_is_number),
    AfterValidator(_has_few_decimals),
]
Timestamp = Annotated[AwareDatetime, BeforeValidator(_is_timestamp)]
Day = Annotated[date, BeforeValidator(_is_day)]


class FeeInput(Input):
    """One line; `unit_amount_cents` in minor units, `units` may be a decimal number."""

    add_on_code: Name
    units: Units = Decimal(1)
    unit_amount_cents: Amount
    name: Name | None = None
    description: Annotated[str, StringConstraints(strict=True, max_length=1024)] | None = None
    invoice_display_name: Name | None = None
    skip_psp: Flag | None = None

    def fee(self) -> Fee:
        amount = (self.units * self.unit_amount_cents).quantize(Decimal(1), ROUND_HALF_UP)
        return Fee(
            add_on_code=self.add_on_code,
            units=format(self.units, "f"),
            unit_amount_cents=self.unit_amount_cents,
            amount_cents=int(amount),
            name=self.name,
            description=self.description,
            invoice_display_name=self.invoice_display_name,
        )


class MetadataInput(Input):
    """A pair the organization keeps with its invoice."""

    key: Annotated[str, StringConstraints(strict=True, min_length=1, max_length=20)]
    value: Annotated[str, StringConstraints(strict=True, max_length=255)]


class Owed(Input):
    """What the body of a request and an item have in common."""

    external_customer_id: Name
    currency: Currency | None = None
    number: Number | None = None
    fees: Annotated[tuple[FeeInput, ...], Field(max_length=MOST_FEES)] = ()
    metadata: Annotated[tuple[MetadataInput, ...], Field(max_length=5)] = ()
    purchase_order_number: Name | None = None
    net_payment_term: Annotated[Integer, Field(ge=0, le=MOST_DAYS)] | None = None
    payment_due_date: Day | None = None
    skip_psp: Flag | None = None
    payment_method: PaymentMethodInput | None = None
    total_amount_cents: Annotated[Amount | None, Field(validate_default=True)] = None

    def on_request(self) -> bool:
        """Whether it is collected on request only. Lago's description has `skip_psp` in its fees."""
        is_manual = self.payment_method is not None and self.payment_method.choice().is_manual
        return is_manual or bool(self.skip_psp) or any(fee.skip_psp for fee in self.fees)

    def method_id(self) -> str | None:
        """Lago's id of the method that is charged; the default without one."""
        return self.payment_method.payment_method_id if self.payment_method else None

    def lines(self) -> tuple[Fee, ...]:
        """The fees."""
        return tuple(fee.fee() for fee in self.fees)

    def pairs(self) -> tuple[MetadataEntry, ...]:
        """The metadata."""
        return tuple(MetadataEntry(key=entry.key, value=entry.value) for entry in self.metadata)

    def owed(self) -> int:
        """In minor units. Without a total, the fees are the total."""
        if self.total_amount_cents is not None:
            return self.total_amount_cents
        return _sum_of(self.fees)

    @field_validator("total_amount_cents")
    @classmethod
    def _adds_up(cls, total: int | None, info: ValidationInfo) -> int | None:
        """Validated after currency and fees; what was wrong with those is not among `info.data`."""
        fees: tuple[FeeInput, ...] | None = info.data.get("fees")
        if fees is None:
            return total
        owed = _sum_of(fees) if total is None else total
        if total is None and not fees:
            raise PydanticCustomError(own_code("value_is_mandatory"), "neither a total nor fees")
        if owed > LARGEST_AMOUNT:
            raise PydanticCustomError(own_code("value_is_invalid"), "the sum of the fees is too large")
        if fees and owed != _sum_of(fees):
            raise PydanticCustomError(own_code("total_is_not_the_sum_of_fees"), "fees and total differ")
        if info.data.get("currency") and owed % smallest_step(info.data["currency"]):
            raise PydanticCustomError(own_code("amount_not_in_steps"), "not a multiple of the currency's smallest step")
        return total


def _sum_of(fees: tuple[FeeInput, ...]) -> int:
    return sum(fee.fee().amount_cents for fee in fees)


class InvoiceInput(Owed):
    """The body of `POST /invoices`: fees, or a total, or both if they agree."""


def invoice_request(values: dict[str, object]) -> InvoiceRequest:
    """The checked request. Raises InvalidInputError."""
    sent = validated(InvoiceInput, values, refused=refused_of_invoice(values))
    return InvoiceRequest(
        external_customer_id=sent.external_customer_id,
        currency=sent.currency,
        total_amount_cents=sent.owed(),
        number=sent.number,
        fees=sent.lines(),
        metadata=sent.pairs(),
        skip_psp=sent.on_request(),
        payment_method_id=sent.method_id(),
        purchase_order_number=sent.purchase_order_number,
        net_payment_term=sent.net_payment_term,
        payment_due_date=sent.payment_due_date,
    )
