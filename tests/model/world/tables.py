"""Perform what a function asks of the tables: each call is one step, and a condition holds or it does not."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from paystream.errors import VersionConflictError
from paystream.model.case import Payer
from paystream.model.invoice import Invoice
from paystream.model.item_history import ItemHistory
from paystream.model.manual_payment import AnyPayment, ManualPayment
from paystream.model.notification import Notification
from paystream.model.payment import Payment
from paystream.model.settlement import Settlement

from model.world.calls import Call, Raises
from model.world.state import Notified, Put, World
from model.world.values import NOTHING, VALUES

CONFLICT = VALUES.number(Raises(VersionConflictError))

VERSIONS_OF_A_LIFE = 1_000_000
"""As the adapter has it: no version of an item is that of one that it replaced."""

Performed = tuple[int, World]
"""The answer's number, and the world after it."""


class _Write(NamedTuple):
    """The rows of a transaction, by number, and on what it is conditional: the invoice's version, 0 where an item is
    taken in, as it was `put`; the customer's version, if any; that there is no `new` payment yet.
    """

    version: int
    item: int
    payments: tuple[tuple[str, int], ...]
    notified: frozenset[int]
    customer_version: int | None = None
    new: str | None = None
    voided_at: datetime | None = None
    paid_elsewhere_cents: int | None = None
    put: int | None = None
    overdue_notified_at: datetime | None = None


_WRITES: dict[int, _Write] = {}
"""By the number of the function that asks for it."""


def forget() -> None:
    """The functions' numbers are given to others from now on."""
    _WRITES.clear()


def perform(world: World, function: int, call: Call) -> Performed:
    """The only thing that can come of it."""
    if call.method in _WRITERS and call.port == "invoices":
        if function not in _WRITES:
            _WRITES[function] = _WRITERS[call.method](*call.arguments, **call.options)
        return _written(world, _WRITES[function])
    return _CALLS[call.port, call.method](world, *call.arguments, **call.options)


def _write(
    invoice: Invoice, payments: Sequence[AnyPayment], notifications: Sequence[Notification], *, life: int = 1
) -> _Write:
    before = invoice.version or (life - 1) * VERSIONS_OF_A_LIFE
    return _Write(
        invoice.version,
        VALUES.number(replace(invoice, version=before + 1)),
        tuple((one.lago_id, VALUES.number(one)) for one in payments),
        frozenset(_notified(one) for one in notifications),
    )


def _notified(notification: Notification) -> int:
    body: dict[str, Any] = json.loads(notification.body)
    about = body[notification.object_type]
    payment_id = about.get("lago_payment_id") or (about["lago_id"] if notification.object_type == "payment" else "")
    return VALUES.number(Notified(notification.webhook_type.value, notification.lago_id, payment_id))


def _written(world: World, write: _Write) -> Performed:
    rows = {VALUES[one].lago_id: one for one in world.payments}
    if not _holds(world, write, rows):
        return CONFLICT, world
    rows |= dict(write.payments)
    return write.item, world._replace(
        item=write.item,
        payments=tuple(rows[lago_id] for lago_id in sorted(rows)),
        notified=world.notified | write.notified,
        history=_history_after(world.history, write),
    )


def _holds(world: World, write: _Write, rows: Mapping[str, int]) -> bool:
    stored = VALUES[world.item]
    version = 0 if isinstance(stored, Put) else stored.version
    if isinstance(stored, Put) and write.put != VALUES.number(stored.values()):
        return False
    is_same_payer = write.customer_version in (None, VALUES[world.customer].version)
    return version == write.version and is_same_payer and write.new not in rows


def _history_after(history: int, write: _Write) -> int:
    known = VALUES[history]
    if write.overdue_notified_at:
        known = replace(known, overdue_notified_at=write.overdue_notified_at)
    elif write.voided_at:
        known = replace(known, voided_at=write.voided_at)
    elif write.paid_elsewhere_cents is not None:
        invoice = VALUES[write.item]
        known = replace(
            known,
            paid_elsewhere_cents=known.paid_elsewhere_cents + write.paid_elsewhere_cents,
            paid_elsewhere_currency=invoice.currency,
            paid_elsewhere_customer=invoice.external_customer_id,
        )
    else:
        return history
    return VALUES.number(known)


def _save(invoice: Invoice, notifications: Sequence[Notification] = ()) -> _Write:
    return _write(invoice, (), notifications)


def _take_in(invoice: Invoice, as_put: Mapping[str, Any], *, life: int, paid_elsewhere_cents: int = 0) -> _Write:
    write = _write(invoice, (), (), life=life)._replace(put=VALUES.number(as_put))
    return write._replace(voided_at=invoice.voided_at, paid_elsewhere_cents=paid_elsewhere_cents or None)


def _end(invoice: Invoice, notifications: Sequence[Notification] = (), *, paid_elsewhere_cents: int = 0) -> _Write:
    write = _write(invoice, (), notifications)
    return write._replace(voided_at=invoice.voided_at, paid_elsewhere_cents=paid_elsewhere_cents)


def _save_overdue(invoice: Invoice, notification: Notification) -> _Write:
    return _write(invoice, (), (notification,))._replace(overdue_notified_at=invoice.overdue_notified_at)


def _settle(settlement: Settlement, notifications: Sequence[Notification], *, payer: Payer | None = None) -> _Write:
    closed = (settlement.closed,) if settlement.closed else ()
    write = _write(settlement.invoice, (settlement.payment, *closed), notifications)
    return write._replace(
        customer_version=payer.customer.version if payer else None,
        new=settlement.payment.lago_id if settlement.begins else None,
    )


def _settle_by_hand(invoice: Invoice, payment: ManualPayment, notifications: Sequence[Notification]) -> _Write:
    return _write(invoice, (payment,), notifications)._replace(new=payment.lago_id)


_WRITERS: dict[str, Callable[..., _Write]] = {
    "save": _save,
    "take_in": _take_in,
    "end": _end,
    "save_overdue": _save_overdue,
    "settle": _settle,
    "settle_by_hand": _settle_by_hand,
}


def _get_invoice(world: World, *_: str) -> Performed:
    return (world.item if world.invoice else NOTHING), world


def _as_put(world: World, *_: str) -> Performed:
    item = VALUES[world.item]
    put = item if isinstance(item, Put) else Put(item.total_amount_cents)
    return VALUES.number(put.values()), world


def _claim_number(world: World, *_: Any) -> Performed:
    return VALUES.number(True), world


def _history(world: World, *_: str, external_customer_id: str, put_at: datetime, now: datetime) -> Performed:
    known = VALUES[world.history] or ItemHistory(None, ())
    number = VALUES.number(
        replace(
            known,
            taken_in_at=known.taken_in_at or now,
            lives=known.lives + 1,
            customers={external_customer_id: min(put_at, known.customers.get(external_customer_id, put_at))},
        )
    )
    return number, world._replace(history=number)


def _known_history(world: World, *_: str) -> Performed:
    return world.history, world


def _register_payment(world: World, _: str, __: str, payment_id: str) -> Performed:
    known = VALUES[world.history]
    ids = tuple(sorted({*known.payment_ids, payment_id}))
    return NOTHING, world._replace(history=VALUES.number(replace(known, payment_ids=ids)))


def _get_payment(world: World, _: str, lago_id: str) -> Performed:
    found = (one for one in world.payments if VALUES[one].lago_id == lago_id and isinstance(VALUES[one], Payment))
    return next(found, NOTHING), world


def _find_payment(world: World, _: str, lago_id: str) -> Performed:
    return next((one for one in world.payments if VALUES[one].lago_id == lago_id), NOTHING), world


def _batch(world: World, _: str, lago_ids: Sequence[str]) -> Performed:
    return _rows(tuple(one for one in world.payments if VALUES[one].lago_id in lago_ids)), world


@cache
def _rows(numbers: tuple[int, ...]) -> int:
    return VALUES.number(tuple(VALUES[one] for one in numbers))


def _add(world: World, notification: Notification) -> Performed:
    return NOTHING, world._replace(notified=world.notified | {_notified(notification)})


def _get_customer(world: World, *_: str) -> Performed:
    return world.customer, world


_CALLS: dict[tuple[str, str], Callable[..., Performed]] = {
    ("invoices", "get"): _get_invoice,
    ("invoices", "as_put"): _as_put,
    ("invoices", "claim_number"): _claim_number,
    ("invoices", "history"): _history,
    ("invoices", "known_history"): _known_history,
    ("invoices", "register_payment"): _register_payment,
    ("payments", "get"): _get_payment,
    ("payments", "find"): _find_payment,
    ("payments", "batch"): _batch,
    ("notifications", "add"): _add,
    ("customers", "get"): _get_customer,
}
