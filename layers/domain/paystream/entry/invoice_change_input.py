"""What a request may change of an invoice: the bodies of `PUT /invoices/{id}` and `POST /invoices/{id}/…`."""

from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from paystream.entry.invoice_input import MetadataInput
from paystream.entry.payment_method_input import PaymentMethodInput
from paystream.entry.refused_words import refused_of_change
from paystream.entry.validation import Input, own_code, validated
from paystream.model.invoice import MetadataEntry
from paystream.model.payment_method import MethodChoice
from paystream.model.standing import PaymentStatus
from paystream.use_cases.invoices.update_invoice import InvoiceChange


class InvoiceUpdateInput(Input):
    """The body of `PUT /invoices/{id}`: metadata as a whole."""

    payment_status: PaymentStatus | None = None
    metadata: Annotated[tuple[MetadataInput, ...], Field(max_length=5)] | None = None

    @field_validator("metadata")
    @classmethod
    def _keys_differ(cls, metadata: tuple[MetadataInput, ...] | None) -> tuple[MetadataInput, ...] | None:
        if metadata and len({entry.key for entry in metadata}) < len(metadata):
            raise PydanticCustomError(own_code("value_already_exist"), "a key is there twice")
        return metadata


class RetryInput(Input):
    """The body of `POST /invoices/{id}/retry_payment`, which has no root key."""

    payment_method: PaymentMethodInput | None = None


class VoidInput(Input):
    """The body of `POST /invoices/{id}/void`. Lago makes credit notes of these; there are none here."""

    generate_credit_note: bool | None = None
    refund_amount: int | None = None
    credit_amount: int | None = None

    @field_validator("generate_credit_note", "refund_amount", "credit_amount")
    @classmethod
    def _is_not_asked_for(cls, asked: bool | int | None, info: ValidationInfo) -> bool | int | None:
        if asked:
            raise PydanticCustomError(own_code("value_is_invalid"), f"{info.field_name} is not supported")
        return asked


def invoice_change(values: dict[str, object]) -> InvoiceChange:
    """The checked change. Raises InvalidInputError."""
    sent = validated(InvoiceUpdateInput, values, refused=refused_of_change(values))
    metadata = sent.metadata
    return InvoiceChange(
        payment_status=sent.payment_status,
        metadata=None
        if metadata is None
        else tuple(MetadataEntry(key=entry.key, value=entry.value) for entry in metadata),
    )


def chosen_method(values: object) -> MethodChoice | None:
    """The payment method that is to be charged; None if nothing was sent. Raises InvalidInputError."""
    sent = validated(RetryInput, values if isinstance(values, dict) else {})
    return sent.payment_method.choice() if sent.payment_method else None


def check_void(values: object) -> None:
    """Nothing has to be sent. Raises InvalidInputError for a credit note or a refund, which would not be made."""
    validated(VoidInput, values if isinstance(values, dict) else {})
