"""Perform what a function asks of the tables: each call is one step, and a condition holds or it does not."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, NamedTuple

from paystream.errors import VersionConflictError
from paystream.model.invoice import Invoice
from paystream.model.item_history import ItemHistory
from paystream.model.notification import Notification
from paystream.model.payment import AnyPayment, ManualPayment, Payment
from paystream.model.settlement import Settlement

from model.world.calls import Call, Raises
from model.world.state import Notified, Put, World
from model.world.values import NOTHING, VALUES

CONFLICT = VALUES.number(Raises(VersionConflictError))

VERSIONS_OF_AN_ITEM = 1000

Performed = tuple[int, World]
"""The answer's number, and the world after it."""


class _Write(NamedTuple):
    """The rows of a transaction, by number, and the version on which it is conditional: 0 where an item is taken in."""

    version: int
    item: int
    payments: tuple[tuple[str, int], ...]
    notified: frozenset[int]


_WRITES: dict[int, _Write] = {}


def perform(world: World, function: int, call: Call) -> Performed:
    """The only thing that can come of it."""
    if call.method in _WRITERS and call.port == "invoices":
        if function not in _WRITES:
            _WRITES[function] = _write(*_WRITERS[call.method](*call.arguments))
        return _written(world, _WRITES[function])
    return _CALLS[call.port, call.method](world, *call.arguments, **call.options)


def _write(invoice: Invoice, payments: Sequence[AnyPayment], notifications: Sequence[Notification]) -> _Write:
    return _Write(
        invoice.version,
        VALUES.number(replace(invoice, version=invoice.version + 1)),
        tuple((one.lago_id, VALUES.number(one)) for one in payments),
        frozenset(_notified(one) for one in notifications),
    )


def _notified(notification: Notification) -> int:
    body: dict[str, Any] = json.loads(notification.body)
    about = body[notification.object_type]
    payment_id = about.get("lago_payment_id") or (about["lago_id"] if notification.object_type == "payment" else "")
    return VALUES.number(Notified(notification.webhook_type.value, notification.lago_id, payment_id))


def _written(world: World, write: _Write) -> Performed:
    stored = VALUES[world.item]
    version = 0 if isinstance(stored, Put) else stored.version
    if version != write.version:
        return CONFLICT, world
    item = write.item if write.version else _taken_in(write.item, world.puts)
    payments = world.payments
    if write.payments:
        rows = {VALUES[one].lago_id: one for one in payments} | dict(write.payments)
        payments = tuple(rows[lago_id] for lago_id in sorted(rows))
    return item, world._replace(item=item, payments=payments, notified=world.notified | write.notified)


@cache
def _taken_in(item: int, puts: int) -> int:
    return VALUES.number(replace(VALUES[item], version=first_version(puts)))


def first_version(puts: int) -> int:
    """Of an item that replaced so many: none that was read of one before (docs/reliability.md: what is not in it)."""
    return 1 + VERSIONS_OF_AN_ITEM * puts


def _of_save(invoice: Invoice, notifications: Sequence[Notification] = ()) -> Any:
    return invoice, (), notifications


def _of_settle(settlement: Settlement, notifications: Sequence[Notification]) -> Any:
    closed = (settlement.closed,) if settlement.closed else ()
    return settlement.invoice, (settlement.payment, *closed), notifications


def _of_settle_by_hand(invoice: Invoice, payment: ManualPayment, notifications: Sequence[Notification]) -> Any:
    return invoice, (payment,), notifications


_WRITERS: dict[str, Callable[..., Any]] = {
    "save": _of_save,
    "settle": _of_settle,
    "settle_by_hand": _of_settle_by_hand,
}


def _get_invoice(world: World, *_: str) -> Performed:
    return (world.item if world.invoice else NOTHING), world


def _as_put(world: World, *_: str) -> Performed:
    item = VALUES[world.item]
    put = item if isinstance(item, Put) else Put(item.total_amount_cents)
    return VALUES.number(put.values()), world


def _claim_number(world: World, *_: Any) -> Performed:
    return VALUES.number(True), world


def _history(world: World, *_: str, now: Any) -> Performed:
    known = VALUES[world.history] or ItemHistory(now, ())
    known = replace(known, taken_in_at=known.taken_in_at or now)
    number = VALUES.number(known)
    return number, world._replace(history=number)


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
    ("invoices", "register_payment"): _register_payment,
    ("payments", "get"): _get_payment,
    ("payments", "find"): _find_payment,
    ("payments", "batch"): _batch,
    ("notifications", "add"): _add,
    ("customers", "get"): _get_customer,
}
