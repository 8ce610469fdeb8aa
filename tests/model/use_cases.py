"""The product's own use cases, behind each occasion on which a function runs."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple, cast

from paystream.entry.invoice_item_input import invoice_from_item
from paystream.model.standing import PaymentStatus
from paystream.ports.messages import DueQueue
from paystream.ports.stores import Stores
from paystream.ports.stripe import Gateways
from paystream.use_cases.collecting.collect import collect_new
from paystream.use_cases.collecting.collect_due import collect_due
from paystream.use_cases.collecting.take_in_invoice import take_in_invoice
from paystream.use_cases.invoices.record_manual_payment import ManualPaymentRequest, record_manual_payment
from paystream.use_cases.invoices.retry_payment import retry_payment
from paystream.use_cases.invoices.update_invoice import InvoiceChange, update_invoice
from paystream.use_cases.invoices.void_invoice import void_invoice
from paystream.use_cases.pages.link_to_pay import link_to_pay
from paystream.use_cases.stripe_events.apply_intent import apply_intent_event

from model.world.state import INVOICE, ORGANIZATION
from model.world.values import VALUES, time


class Start(NamedTuple):
    """Why a function runs, from which minute on, and what about. It is given the integration and, where nobody changes
    it, the customer; all else it has to ask for.
    """

    kind: str
    now: int
    integration: int
    customer: int | None = None
    about: Any = None


class _Port:
    """Any of the protocols of `paystream.ports`: each call is asked for."""

    def __init__(self, ask: Callable[..., Any], name: str) -> None:
        self._ask, self._name = ask, name

    def __getattr__(self, method: str) -> Any:
        return partial(self._ask, self._name, method)


class _Gateway(_Port):
    @property
    def checkout(self) -> _Port:
        return _Port(self._ask, "checkout")

    def of(self, _: Any) -> "_Gateway":
        return self


class Around:
    """What the use cases are given."""

    def __init__(self, start: Start, ask: Callable[..., Any]) -> None:
        self.start, self.now = start, time(start.now)
        self.gateways = cast("Gateways", _Gateway(ask, "gateway"))
        self.stores = Stores(**{name: cast("Any", _Port(ask, name)) for name in Stores.__dataclass_fields__})
        self.queue = cast("DueQueue", _NoQueue())


class _NoQueue:
    def hand_out(self, *_: Any) -> tuple[()]:
        """The message is lost: the schedule finds the invoice, which is due."""
        return ()


def _stream(around: Around) -> None:
    put_at, replaced = around.start.about
    invoice = around.stores.invoices.get(ORGANIZATION, INVOICE)
    if invoice is None:
        item = around.stores.invoices.as_put(ORGANIZATION, INVOICE) or {}
        seen = replace(invoice_from_item(item, seen_at=time(put_at)), updated_at=around.now)
        invoice = take_in_invoice(seen, item, replaced=replaced > 0, stores=around.stores)
    if invoice.problem is None:
        collect_new(invoice, stores=around.stores, gateways=around.gateways, now=around.now)


def _due(around: Around) -> None:
    collect_due(
        ORGANIZATION,
        INVOICE,
        handed_out_at=time(around.start.now + 1),
        stores=around.stores,
        gateways=around.gateways,
        now=around.now,
    )


def _event(around: Around) -> bool:
    integration = VALUES[around.start.integration]
    event = VALUES[around.start.about]
    return apply_intent_event(event, integration=integration, stores=around.stores, now=around.now)


def _retry(around: Around) -> None:
    retry_payment(ORGANIZATION, INVOICE, stores=around.stores, queue=around.queue, now=around.now)


def _page(around: Around) -> None:
    link_to_pay(ORGANIZATION, INVOICE, stores=around.stores, gateways=around.gateways, now=around.now)


def _void(around: Around) -> None:
    void_invoice(ORGANIZATION, INVOICE, stores=around.stores, now=around.now)


def _paid_elsewhere(around: Around) -> None:
    change = InvoiceChange(payment_status=PaymentStatus.SUCCEEDED)
    update_invoice(change, ORGANIZATION, INVOICE, stores=around.stores, now=around.now)


def _given_up(around: Around) -> None:
    change = InvoiceChange(payment_status=PaymentStatus.FAILED)
    update_invoice(change, ORGANIZATION, INVOICE, stores=around.stores, now=around.now)


def _by_hand(around: Around) -> None:
    number, amount_cents = around.start.about
    request = ManualPaymentRequest(invoice_id=INVOICE, amount_cents=amount_cents, reference="cash", paid_at=None)
    record_manual_payment(
        request,
        organization_id=ORGANIZATION,
        idempotency_key=None,
        stores=around.stores,
        new_id=f"by hand {number}",
        now=around.now,
    )


KINDS: dict[str, Callable[[Around], Any]] = {
    "stream": _stream,
    "schedule": _due,
    "event": _event,
    "retry": _retry,
    "page": _page,
    "void": _void,
    "paid elsewhere": _paid_elsewhere,
    "given up": _given_up,
    "by hand": _by_hand,
}
"""The use case behind each occasion on which a function runs."""
