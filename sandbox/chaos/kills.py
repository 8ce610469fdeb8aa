"""Every kill: which function, where in its work, and what recovers it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from sandbox.chaos import backlog_scenes as backlog
from sandbox.chaos import figure_scenes as figures
from sandbox.chaos import money_scenes as money
from sandbox.chaos import redrive_scenes as redrive
from sandbox.chaos import refund_scenes as refunds
from sandbox.chaos import request_scenes as requests
from sandbox.chaos import webhook_scenes as webhooks
from sandbox.chaos.endings import Ending
from sandbox.chaos.points import Point
from sandbox.chaos.world import Chaos

Scene = Callable[[Chaos, str, Point], Ending]

_STREAM = "the stream brings the record again"
_QUEUE = "the queue brings the message again"
_STRIPE = "Stripe sends the event again"
_NEEDS_NOTHING = "nothing has to: what comes again changes nothing"
_CALLER = "the caller repeats the request"
_NEXT_LOOK = "the next look at the endpoints, the schedule's at the latest"
_OPERATOR = "the operator invokes it again"
_REDRIVEN = "the operator redrives {} again"
_PAYMENT = "POST /v1/payment_intents"
_CANCEL = "POST /v1/payment_intents/*/cancel"
_LIST = "GET /v1/payment_intents"
_WRITE = "TransactWriteItems"
_TURN = "UpdateItem"
"""Of the rate limits table: a turn at Stripe is taken."""


@dataclass(frozen=True)
class Kill:
    """One row of the table."""

    function: str
    point: Point
    scene: Scene
    recovered_by: str


def _both(function: str, call: str, scene: Scene, recovered_by: str, *, table: str = "") -> Iterator[Kill]:
    """Before the call takes effect, and after."""
    yield Kill(function, _before(call, table), scene, recovered_by)
    yield Kill(function, _after(call, table), scene, recovered_by)


def _before(call: str, table: str = "") -> Point:
    return Point(call, took_effect=False, table=table)


def _after(call: str, table: str = "") -> Point:
    return Point(call, took_effect=True, table=table)


KILLS = (
    *_both("issue-api-key", "PutItem", requests.key_issued, _OPERATOR, table="ApiKeys"),
    Kill("authorize-request", _before("GetItem", "ApiKeys"), requests.request_authorized, _CALLER),
    *_both("connect-integration", "POST /v1/webhook_endpoints", requests.account_connected, _CALLER),
    *_both("connect-integration", "PutItem", requests.account_connected, _CALLER, table="Integrations"),
    *_both("connect-integration", "SendMessage", requests.key_replaced, _CALLER),
    Kill("connect-integration", _after("DELETE /v1/webhook_endpoints/*"), requests.account_disconnected, _CALLER),
    *_both("check-accounts", "POST /v1/webhook_endpoints", requests.endpoint_made_again, _OPERATOR),
    *_both("check-accounts", _WRITE, requests.endpoint_made_again, _OPERATOR, table="Integrations"),
    *_both("upsert-customer", "POST /v1/customers", requests.customer_created, _CALLER),
    *_both("upsert-customer", _WRITE, requests.customer_created, _CALLER, table="Customers"),
    *_both("upsert-customer", _TURN, requests.customer_created, _CALLER, table="RateLimits"),
    *_both("create-invoice", _WRITE, requests.invoice_stored, _CALLER, table="Invoices"),
    *_both("change-invoice", "UpdateItem", requests.metadata_changed, _CALLER, table="Invoices"),
    *_both("create-payment", _WRITE, requests.payment_recorded, _CALLER, table="Payments"),
    *_both("refund-payment", "POST /v1/refunds", refunds.payment_refunded, _CALLER),
    *_both("refund-payment", _WRITE, refunds.payment_refunded, _CALLER, table="Payments"),
    *_both("checkout-customer", "POST /v1/checkout/sessions", requests.page_made, _CALLER),
    *_both("checkout-customer", _WRITE, requests.page_made_for_a_new_customer, _CALLER, table="Customers"),
    *_both("manage-payment-methods", "POST /v1/customers/*", requests.default_chosen, _CALLER),
    *_both("manage-payment-methods", "PutItem", requests.default_chosen, _CALLER, table="Customers"),
    *_both("manage-webhooks", "Invoke", requests.notified_again, _CALLER),
    Kill("find-records", _before("Query", "Invoices"), requests.records_found, _CALLER),
    *_both("manage-webhook-endpoints", "PutItem", webhooks.endpoint_created, _CALLER, table="WebhookEndpoints"),
    *_both("manage-webhook-endpoints", "Subscribe", webhooks.endpoint_created, _CALLER),
    *_both("manage-webhook-endpoints", "Unsubscribe", webhooks.endpoint_destroyed, _NEXT_LOOK),
    *_both("invoice-created", _PAYMENT, money.new_invoice, _STREAM),
    Kill("invoice-created", _after(_PAYMENT), money.new_invoice_declined, _STREAM),
    Kill("invoice-created", _before(_WRITE, "Payments"), money.new_invoice, _STREAM),
    Kill("invoice-created", _after(_WRITE, "Payments"), money.new_invoice, _NEEDS_NOTHING),
    *_both("invoice-created", _TURN, money.new_invoice, _STREAM, table="RateLimits"),
    Kill("publish-notifications", _before("PublishBatch"), money.new_invoice, _STREAM),
    Kill("publish-notifications", _after("PublishBatch"), money.new_invoice_notified_again, _STREAM),
    Kill("payment-result", _before(_WRITE, "Payments"), money.bank_debit, _STRIPE),
    Kill("payment-result", _after(_WRITE, "Payments"), money.bank_debit, _NEEDS_NOTHING),
    *_both("payment-result", "POST /v1/customers/*", money.saved_card, _STRIPE),
    Kill("payment-result", _before("SendMessage"), money.saved_card, _STRIPE),
    *_both("collect-waiting", _PAYMENT, money.waiting_invoice, _QUEUE),
    Kill("collect-waiting", _before(_WRITE, "Payments"), money.waiting_invoice, _QUEUE),
    Kill("collect-waiting", _after(_WRITE, "Payments"), money.waiting_invoice, _NEEDS_NOTHING),
    *_both("collect-waiting", _CANCEL, money.another_card, _QUEUE),
    *_both("collect-waiting", _TURN, money.waiting_invoice, _QUEUE, table="RateLimits"),
    Kill("hand-out-due", _before("UpdateItem", "Invoices"), money.due_invoice, "Lambda repeats the schedule's event"),
    Kill(
        "hand-out-due", _after("UpdateItem", "Invoices"), money.due_invoice_leased, "the lease ends, the schedule runs"
    ),
    Kill("hand-out-due", _before("SendMessageBatch"), money.due_invoice_leased, "the lease ends, the schedule runs"),
    Kill("hand-out-due", _after("SendMessageBatch"), money.due_invoice, "nothing has to: the message is there"),
    *_both("collect-due", _PAYMENT, money.due_invoice_handed_out, _QUEUE),
    Kill("collect-due", _before(_WRITE, "Payments"), money.due_invoice_handed_out, _QUEUE),
    Kill("collect-due", _after(_WRITE, "Payments"), money.due_invoice_handed_out, _NEEDS_NOTHING),
    *_both("collect-due", _CANCEL, money.retried_invoice, _QUEUE),
    *_both("collect-due", _TURN, money.due_invoice_handed_out, _QUEUE, table="RateLimits"),
    Kill("collect-due", _after(_LIST), backlog.due_invoices, _QUEUE),
    *_both("collect-due", _WRITE, backlog.due_invoices, _QUEUE, table="Payments"),
    *_both("count-figures", _WRITE, figures.counted_invoice, _STREAM, table="Figures"),
    Kill("check-figures", _before("Scan"), figures.figures_checked, _OPERATOR),
    *_both("redrive-records", "Invoke", redrive.failed_invoice, _REDRIVEN.format("the failed invoice")),
    *_both("redrive-records", "CopyObject", redrive.failed_invoice, _REDRIVEN.format("the failed invoice")),
    *_both("redrive-records", "DeleteObject", redrive.failed_invoice, _REDRIVEN.format("the failed invoice")),
    *_both("redrive-records", "Invoke", redrive.missed_invoice, _REDRIVEN.format("the missed invoice")),
    *_both("redrive-records", "Invoke", redrive.failed_notifications, _REDRIVEN.format("the failed notifications")),
    *_both("redrive-records", "Invoke", redrive.missed_notifications, _REDRIVEN.format("the missed notifications")),
)


def brief(kills: Iterable[Kill]) -> list[Kill]:
    """Of each function the first kill before a call takes effect, and the first after."""
    first: dict[tuple[str, bool], Kill] = {}
    for kill in kills:
        first.setdefault((kill.function, kill.point.took_effect), kill)
    return list(first.values())
