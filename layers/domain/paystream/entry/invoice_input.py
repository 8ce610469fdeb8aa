"""Invoices as they come in: the body of `POST /invoices`, and the item that an application puts into the table."""

import json
import re
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Any

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
from paystream.entry.validation import Input, own_code, validated
from paystream.errors import InvalidInputError
from paystream.model.currency import LARGEST_AMOUNT, SUPPORTED, smallest_step
from paystream.model.invoice import MOST_REJECTED, Fee, Invoice, MetadataEntry, Problem
from paystream.model.moves import PARKED, known_to_wait_for, new_standing
from paystream.model.schedule import COLLECTED_BY_THEN
from paystream.use_cases.invoices.create_invoice import InvoiceRequest

MOST_FEES = 100
MOST_UNITS = 10**9
MOST_DECIMALS = 30
LARGEST_ITEM = 380 * 1024
"""As JSON, in bytes. DynamoDB takes 400 KB, and what becomes of the invoice is written beside what was put."""

NO_CURRENCY = "XXX"
"""ISO 4217's code for "no currency": shown for a parked item that names none."""

UNITS_AS_TEXT = r"^[0-9]{1,9}(\.[0-9]{1,30})?$"
TIMESTAMP = r"^(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})$"
_KEPT_WHEN_PARKED = ("external_customer_id", "number", "currency", "total_amount_cents")


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


class FeeInput(Input):
    """One line; `unit_amount_cents` in minor units, `units` may be a decimal number."""

    add_on_code: Name
    units: Units = Decimal(1)
    unit_amount_cents: Amount
    name: Name | None = None
    description: Annotated[str, StringConstraints(strict=True, max_length=1024)] | None = None
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
        )


class MetadataInput(Input):
    """A pair the organization keeps with its invoice."""

    key: Annotated[str, StringConstraints(strict=True, min_length=1, max_length=20)]
    value: Annotated[str, StringConstraints(strict=True, max_length=255)]


class _Owed(Input):
    external_customer_id: Name
    currency: Currency
    number: Number | None = None
    fees: Annotated[tuple[FeeInput, ...], Field(max_length=MOST_FEES)] = ()
    metadata: Annotated[tuple[MetadataInput, ...], Field(max_length=5)] = ()
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
        if "currency" in info.data and owed % smallest_step(info.data["currency"]):
            raise PydanticCustomError(own_code("amount_not_in_steps"), "not a multiple of the currency's smallest step")
        return total


def _sum_of(fees: tuple[FeeInput, ...]) -> int:
    return sum(fee.fee().amount_cents for fee in fees)


class InvoiceInput(_Owed):
    """The body of `POST /invoices`: fees, or a total, or both if they agree."""


class InvoiceItem(_Owed):
    """An item that an application puts into the invoices table. Attributes beyond these are not read."""

    organization_id: Name
    lago_id: Name
    created_at: Timestamp | None = None
    self_billed: Flag | None = None


def invoice_request(values: dict[str, object]) -> InvoiceRequest:
    """The checked request. Raises InvalidInputError."""
    sent = validated(InvoiceInput, values)
    return InvoiceRequest(
        external_customer_id=sent.external_customer_id,
        currency=sent.currency,
        total_amount_cents=sent.owed(),
        number=sent.number,
        fees=tuple(fee.fee() for fee in sent.fees),
        metadata=tuple(MetadataEntry(key=entry.key, value=entry.value) for entry in sent.metadata),
        skip_psp=sent.on_request(),
        payment_method_id=sent.method_id(),
    )


def invoice_from_item(values: dict[str, Any], *, seen_at: datetime) -> Invoice:
    """The invoice of an item; one that breaks the contract has a `problem` and what was sent with it in `rejected`.

    `seen_at` is when the item was put: from then on it may have been sent to Stripe, whatever its `created_at` says.
    """
    try:
        item = validated(InvoiceItem, values)
        _check_size(values)
    except InvalidInputError as invalid:
        return _parked(values, invalid, seen_at)
    created_at = item.created_at or seen_at
    return Invoice(
        organization_id=item.organization_id,
        lago_id=item.lago_id,
        external_customer_id=item.external_customer_id,
        number=item.number or item.lago_id,
        currency=item.currency,
        total_amount_cents=item.owed(),
        fees=tuple(fee.fee() for fee in item.fees),
        metadata=tuple(MetadataEntry(key=entry.key, value=entry.value) for entry in item.metadata),
        created_at=created_at,
        updated_at=seen_at,
        issuing_date=created_at.date(),
        attempt_started_at=seen_at,
        skip_psp=item.on_request(),
        own_payment_method_id=item.method_id(),
        chosen_payment_method_id=item.method_id(),
        self_billed=bool(item.self_billed),
        standing=new_standing(
            owed=True,
            due_at=seen_at + COLLECTED_BY_THEN,
            waiting_for=known_to_wait_for(skip_psp=item.on_request(), self_billed=bool(item.self_billed)),
        ),
    )


def _check_size(values: dict[str, Any]) -> None:
    """Before Stripe is called: an outcome that cannot be written beside what was put would be lost."""
    if len(_as_text(values).encode()) > LARGEST_ITEM:
        raise InvalidInputError({"item": ["value_is_too_long"]})


def _parked(values: dict[str, Any], invalid: InvalidInputError, seen_at: datetime) -> Invoice:
    """What is right of the item stands in its place; all that has no place there is kept in `rejected`."""
    wrong = {field.partition(".")[0] for field in invalid.details}
    right = {name: values[name] for name in _KEPT_WHEN_PARKED if values.get(name) is not None and name not in wrong}
    contract = InvoiceItem.model_fields.keys() - {"organization_id", "lago_id"}
    return Invoice(
        organization_id=values["organization_id"],
        lago_id=values["lago_id"],
        external_customer_id=right.get("external_customer_id", ""),
        number=right.get("number", values["lago_id"]),
        currency=right.get("currency", NO_CURRENCY),
        total_amount_cents=right.get("total_amount_cents", 0),
        created_at=seen_at,
        updated_at=seen_at,
        issuing_date=seen_at.date(),
        standing=PARKED,
        problem=Problem(code="invalid_item", details=invalid.details),
        rejected=_as_text({name: values[name] for name in sorted(contract & values.keys() - right.keys())})[
            :MOST_REJECTED
        ],
    )


def _as_text(values: dict[str, Any]) -> str:
    """JSON, since DynamoDB does not take back every number that it gives; what JSON has no form for, as Python's."""
    return json.dumps(values, ensure_ascii=False, default=_as_python_shows)


def _as_python_shows(value: object) -> str:
    return str(value) if isinstance(value, Decimal) else repr(value)
