"""Store an invoice that the API was asked for. The table's stream leads to its collection."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from paystream.errors import ConflictError, InvalidInputError, NotFoundError, VersionConflictError
from paystream.model.currency import SUPPORTED, smallest_step
from paystream.model.customer import Customer
from paystream.model.identifiers import requested_invoice_id
from paystream.model.invoice import Fee, Invoice, MetadataEntry
from paystream.model.moves import known_to_wait_for, new_standing
from paystream.model.payment_term import payment_term
from paystream.model.schedule import COLLECTED_BY_THEN
from paystream.ports.stores import Stores

_COULD_NOT_BE_SAID_BEFORE = frozenset(
    """
    skip_psp payment_method_id purchase_order_number net_payment_term payment_due_date invoice_display_name
    """.split()
)

_NUMBERS_TRIED = 20
"""The numbers we count are of a form that an application may use for its own."""

_LONGEST_NUMBER = 1024
"""In bytes: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html"""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceRequest:
    """A checked request; `total_amount_cents` in minor units. With `skip_psp` it is collected on request only;
    `payment_method_id` is Lago's id of the method that is charged, instead of the default. Without a currency it is the
    customer's.
    """

    external_customer_id: str
    currency: str | None
    total_amount_cents: int
    number: str | None
    fees: tuple[Fee, ...]
    metadata: tuple[MetadataEntry, ...]
    skip_psp: bool = False
    payment_method_id: str | None = None
    purchase_order_number: str | None = None
    net_payment_term: int | None = None
    payment_due_date: date | None = None


def create_invoice(
    request: InvoiceRequest,
    *,
    organization_id: str,
    idempotency_key: str | None,
    stores: Stores,
    new_id: str,
    now: datetime,
) -> tuple[Invoice, Customer]:
    """Store a new invoice; under the same `Idempotency-Key` the first one is returned, though its customer was deleted
    since.

    Raises NotFoundError for an unknown customer, InvalidInputError for a used number, or where nothing says a currency,
    ConflictError if the key was used for another request.
    """
    lago_id = requested_invoice_id(organization_id, idempotency_key) if idempotency_key else new_id
    request_hash = _hash(request)
    existing = stores.invoices.get(organization_id, lago_id) if idempotency_key else None
    invoice = _same(existing, request_hash, stores) if existing else None
    customer = _customer(request, organization_id, stores, may_be_deleted=invoice is not None)
    if invoice:
        return invoice, customer
    invoice = _new_invoice(request, customer, lago_id, request_hash, now)
    try:
        if request.number:
            stores.invoices.create(invoice)
        else:
            invoice = _create_with_next_number(invoice, customer, stores)
    except VersionConflictError:
        created_meanwhile = stores.invoices.get(organization_id, lago_id)
        if created_meanwhile is None:
            raise
        return _same(created_meanwhile, request_hash, stores), customer
    return invoice, customer


def _customer(request: InvoiceRequest, organization_id: str, stores: Stores, *, may_be_deleted: bool) -> Customer:
    """Raises NotFoundError."""
    customer = stores.customers.get(organization_id, request.external_customer_id)
    if customer is None or (customer.deleted_at and not may_be_deleted):
        raise NotFoundError("customer")
    return customer


def _create_with_next_number(invoice: Invoice, customer: Customer, stores: Stores) -> Invoice:
    """Count on where an application has taken the number already. Raises ConflictError if it has taken very many."""
    for _ in range(_NUMBERS_TRIED):
        sequence = stores.customers.next_invoice_sequence(invoice.organization_id, customer.lago_id)
        numbered = replace(invoice, number=_number(customer, sequence), sequential_id=sequence)
        try:
            stores.invoices.create(numbered)
        except InvalidInputError:
            continue
        return numbered
    raise ConflictError("number_taken", "the next numbers are taken; send a number, or try again")


def _number(customer: Customer, sequence: int) -> str:
    """A customer's own id leads it, unless the number would be longer than a key of DynamoDB may be."""
    number = f"{customer.external_id}-{sequence:03}"
    return number if len(number.encode()) <= _LONGEST_NUMBER else f"{customer.lago_id}-{sequence:03}"


def _new_invoice(
    request: InvoiceRequest, customer: Customer, lago_id: str, request_hash: str, now: datetime
) -> Invoice:
    today = now.date()
    term = payment_term(
        today,
        days=request.net_payment_term,
        due_date=request.payment_due_date,
        usual_days=customer.profile.get("net_payment_term") or 0,
    )
    return Invoice(
        organization_id=customer.organization_id,
        lago_id=lago_id,
        external_customer_id=request.external_customer_id,
        number=request.number or lago_id,
        currency=_currency(request, customer),
        total_amount_cents=request.total_amount_cents,
        fees=request.fees,
        metadata=request.metadata,
        created_at=now,
        updated_at=now,
        issuing_date=today,
        purchase_order_number=request.purchase_order_number,
        net_payment_term=term.days,
        payment_due_date=term.due_date,
        skip_psp=request.skip_psp,
        own_payment_method_id=request.payment_method_id,
        chosen_payment_method_id=request.payment_method_id,
        self_billed=customer.is_partner,
        standing=new_standing(
            owed=request.total_amount_cents > 0,
            due_at=now + COLLECTED_BY_THEN,
            waiting_for=known_to_wait_for(skip_psp=request.skip_psp, self_billed=customer.is_partner),
        ),
        attempt_started_at=now,
        ended_at=None if request.total_amount_cents else now,
        request_hash=request_hash,
        version=1,
    )


def _currency(request: InvoiceRequest, customer: Customer) -> str:
    """The customer's where none is named, as in Lago. Raises InvalidInputError."""
    currency = request.currency or customer.profile.get("currency")
    if currency is None:
        raise InvalidInputError({"currency": ["value_is_mandatory"]})
    if currency not in SUPPORTED:
        raise InvalidInputError({"currency": ["currency_not_supported"]})
    if request.total_amount_cents % smallest_step(currency):
        raise InvalidInputError({"total_amount_cents": ["amount_not_in_steps"]})
    return str(currency)


def _same(existing: Invoice, request_hash: str, stores: Stores) -> Invoice:
    """An item that replaced the invoice does not know what request made it."""
    known = existing.request_hash
    if known is None:
        history = stores.invoices.known_history(existing.organization_id, existing.lago_id)
        known = history.request_hash if history else None
    if known != request_hash:
        raise ConflictError("idempotency_key_reused", "this Idempotency-Key was used for another invoice")
    return existing


def _hash(request: InvoiceRequest) -> str:
    return sha256(json.dumps(_said(asdict(request)), sort_keys=True, default=str).encode()).hexdigest()


def _said(values: Mapping[str, Any]) -> dict[str, Any]:
    """What was not said is left out, where it could not be said before: a key that was used then stays valid."""
    unsaid = {name for name in _COULD_NOT_BE_SAID_BEFORE if values.get(name) is None or values[name] is False}
    said = {name: value for name, value in values.items() if name not in unsaid}
    return {name: [_said(fee) for fee in value] if name == "fees" else value for name, value in said.items()}
