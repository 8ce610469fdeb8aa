"""The handlers in a world of their own: AWS and the Stripe sandbox in memory, one clock.

Nothing of ours is replaced but the clock and the ways to AWS and to Stripe. Streams and queues are carried by hand, so
that a test decides what happens when, and what happens twice.
"""

import importlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
import stripe
from api_description import check_exchange, media_type_of
from aws_in_memory import stack
from aws_in_memory.account import AwsAccount
from boto3.dynamodb.types import TypeSerializer
from notification_schemas import check_notification
from paystream import bootstrap
from sandbox.stripe.client import InProcessHTTPClient
from sandbox.stripe.clock import ManualClock
from sandbox.stripe.engine import StripeSandbox
from sandbox.stripe.webhooks import Delivery
from template import REPOSITORY

from world.api_gateway import ORGANIZATION, Answer, proxy_event, route
from world.aws_calls import AwsCalls
from world.images import Image, Images
from world.shared_sleep import SharedSleep

SECRET_KEY = "sk_test_world000000000000000"
START = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
TABLES = {
    "api_keys": "ApiKeysTable",
    "integrations": "IntegrationsTable",
    "customers": "CustomersTable",
    "invoices": "InvoicesTable",
    "invoice_numbers": "InvoiceNumbersTable",
    "payments": "PaymentsTable",
    "notifications": "NotificationsTable",
    "webhook_endpoints": "WebhookEndpointsTable",
    "figures": "FiguresTable",
}
RATE_LIMITS_TABLE = "RateLimitsTable"
"""No test compares what is in it: nothing is lost with it."""


@dataclass
class LambdaContext:
    """As much of AWS's context as handlers and their libraries look at."""

    function_name: str
    remaining_milliseconds: int = 300_000
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:us-east-1:123456789012:function:paystream"
    aws_request_id: str = "request-1"

    def get_remaining_time_in_millis(self) -> int:
        return self.remaining_milliseconds


def load_event(name: str) -> dict[str, Any]:
    """A copy of events/NAME.json."""
    event: dict[str, Any] = json.loads((REPOSITORY / "events" / f"{name}.json").read_text())
    return event


class World:
    """One organization, its tables, its Stripe account, its subscriber."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.clock = ManualClock(START.timestamp())
        self.stripe = StripeSandbox(self.clock)
        self.account = self.stripe.add_account(SECRET_KEY)
        self.stripe_client = self.stripe_as(SECRET_KEY)
        self.aws_account = AwsAccount(self.clock.now)
        self.aws = AwsCalls(self.aws_account.services())
        self.dynamodb = self.aws.client("dynamodb")
        self.images = Images(self.aws_account.database.tables)
        self.queue_url = stack.queue_url("CollectionQueue")
        self.due_queue_url = stack.queue_url("DueQueue")
        self._compose(monkeypatch)

    def _compose(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Put this world in place of AWS, Stripe and the clock. All functions share what bootstrap makes once."""
        for name, value in stack.variables().items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(boto3, "client", lambda service, **_: self.aws.client(service))
        monkeypatch.setattr(bootstrap, "now", self.now)
        monkeypatch.setattr(bootstrap, "sleep", SharedSleep(self.clock).sleep)
        monkeypatch.setattr(bootstrap, "stripe_http_client", lambda: InProcessHTTPClient(self.stripe))
        for made in vars(bootstrap).values():
            if hasattr(made, "cache_clear") and made.__module__ == bootstrap.__name__:
                made.cache_clear()

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.clock.now(), UTC)

    def pass_time(self, seconds: float) -> None:
        """Let the clock, Stripe's and ours and AWS's, go on."""
        self.clock.advance(seconds)

    def stripe_as(self, secret_key: str) -> stripe.StripeClient:
        """Stripe's own library, as a holder of this key would use it."""
        return stripe.StripeClient(secret_key, http_client=InProcessHTTPClient(self.stripe))

    def invoke(self, function: str, event: Mapping[str, Any], *, remaining_milliseconds: int = 300_000) -> Any:
        """Call a function's handler, as Lambda does: the event as JSON in, the answer as JSON out."""
        handler = importlib.import_module(function.replace("-", "_")).lambda_handler
        context = LambdaContext(function, remaining_milliseconds)
        with self.aws.called_by(stack.function_of_handler(handler.__module__)):
            answer = json.loads(json.dumps(handler(json.loads(json.dumps(event)), context)))
        self.aws.check_that_all_was_allowed()
        self.images.check_that_what_is_open_is_due()
        return answer

    def call(self, function: str, event: Mapping[str, Any]) -> Answer:
        """Call a function's handler with an API Gateway event; the answer must be as the API's description says."""
        answer = self.invoke(function, event)
        media_type = media_type_of(answer)
        assert media_type in ({"application/json", "text/csv"} if answer["body"] else {None})
        check_exchange(event, answer)
        body = json.loads(answer["body"]) if media_type == "application/json" else answer["body"] or None
        return Answer(answer["statusCode"], body, answer["headers"])

    def api(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        organization_id: str = ORGANIZATION,
    ) -> Answer:
        """One API request: the template's route decides which function is called."""
        function, resource, parameters = route(method, urlsplit(path).path)
        event = proxy_event(method, path, body, headers=headers, organization_id=organization_id)
        return self.call(function, event | {"resource": resource, "pathParameters": parameters or None})

    def connect(self, code: str = "stripe", *, secret_key: str = SECRET_KEY, **settings: Any) -> dict[str, Any]:
        """Connect a Stripe account."""
        body = {"integration": {"secret_key": secret_key, "name": "Acme Billing", **settings}}
        answer = self.api("PUT", f"/api/v1/integrations/stripe/{code}", body)
        assert answer.status == 200, answer.body
        connected: dict[str, Any] = answer.body["integration"]
        return connected

    def stripe_customer(self, payment_method: str | None = "pm_card_visa") -> str:
        """A customer in Stripe whose default is a payment method of Stripe's testing page; returns its `cus_…` id."""
        customer = self.stripe_client.v1.customers.create({"name": "Acme"}).id
        if payment_method:
            attached = self.stripe_client.v1.payment_methods.attach(payment_method, {"customer": customer})
            self.stripe_client.v1.customers.update(
                customer, {"invoice_settings": {"default_payment_method": attached.id}}
            )
        return customer

    def customer(
        self, external_id: str = "acme", *, payment_method: str | None = "pm_card_visa", code: str = "stripe"
    ) -> str:
        """A customer of ours linked to a new one in Stripe; returns the `cus_…` id. Needs a connected account."""
        provider_customer_id = self.stripe_customer(payment_method)
        billing = {
            "payment_provider": "stripe",
            "payment_provider_code": code,
            "provider_customer_id": provider_customer_id,
        }
        body = {"customer": {"external_id": external_id, "name": "Acme", "billing_configuration": billing}}
        answer = self.api("POST", "/api/v1/customers", body)
        assert answer.status == 200, answer.body
        return provider_customer_id

    def create_invoice(
        self, external_id: str = "acme", *, amount: int = 4200, currency: str = "EUR", **more: Any
    ) -> str:
        """An invoice made through the API; returns its `lago_id`."""
        invoice = {"external_customer_id": external_id, "currency": currency, "total_amount_cents": amount, **more}
        answer = self.api("POST", "/api/v1/invoices", {"invoice": invoice})
        assert answer.status == 200, answer.body
        lago_id: str = answer.body["invoice"]["lago_id"]
        return lago_id

    def put_invoice_item(self, **attributes: Any) -> str:
        """An item that the main application puts into the invoices table itself; returns its `lago_id`."""
        item: dict[str, Any] = {
            "organization_id": ORGANIZATION,
            "lago_id": "7c1e0000-0000-4000-8000-000000000010",
            "external_customer_id": "acme",
            "currency": "EUR",
            "total_amount_cents": 4200,
        } | attributes
        kept = {name: value for name, value in item.items() if value is not None}
        self.put_item("invoices", kept)
        return str(item["lago_id"])

    def invoice(self, lago_id: str) -> dict[str, Any]:
        """The invoice as the API shows it."""
        answer = self.api("GET", f"/api/v1/invoices/{lago_id}")
        assert answer.status == 200, answer.body
        found: dict[str, Any] = answer.body["invoice"]
        return found

    def payments(self, invoice_id: str) -> list[dict[str, Any]]:
        """The invoice's payments as the API shows them, newest first."""
        answer = self.api("GET", f"/api/v1/payments?invoice_id={invoice_id}")
        assert answer.status == 200, answer.body
        found: list[dict[str, Any]] = answer.body["payments"]
        return found

    def items(self, table: str) -> list[dict[str, Any]]:
        """All items of a table, as plain values."""
        return self.images.plain(TABLES[table])

    def put_item(self, table: str, item: Mapping[str, Any]) -> None:
        """Put an item of plain values over whatever has its key."""
        typed = {name: TypeSerializer().serialize(value) for name, value in item.items()}
        self.dynamodb.put_item(TableName=TABLES[table], Item=typed)

    def notified(self) -> list[str]:
        """The `webhook_type`s in the outbox, sorted; each must be as its schema says."""
        items = self.items("notifications")
        for item in items:
            check_notification(str(item["body"]))
        return sorted(str(item["webhook_type"]) for item in items)

    def notification(self, webhook_type: str) -> dict[str, Any]:
        """The body of the only notification of a type."""
        (body,) = [item["body"] for item in self.items("notifications") if item["webhook_type"] == webhook_type]
        content: dict[str, Any] = json.loads(str(body))
        return content

    def new_images(self, table: str) -> list[Image]:
        """The items that were inserted since the last time, as a stream shows them."""
        return self.images.new(TABLES[table])

    def all_images(self, table: str) -> list[Image]:
        """All items of a table, as a stream shows them."""
        return self.images.all(TABLES[table])

    def stream_event(self, images: Iterable[Image], *, written_at: datetime | None = None) -> dict[str, Any]:
        """What a stream's event source mapping hands to a function for new items."""
        return self.images.stream_event(images, written_at or self.now())

    def collect_new_invoices(self) -> list[str]:
        """Carry the stream of the invoices table; returns the identifiers reported as failed."""
        answer = self.invoke("invoice-created", self.stream_event(self.new_images("invoices")))
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]

    def publish_new_notifications(self) -> list[dict[str, Any]]:
        """Carry the stream of the notifications table; returns the messages that a subscriber received."""
        self.invoke("publish-notifications", self.stream_event(self.new_images("notifications")))
        return self.received()

    def collect_waiting(self) -> int:
        """Carry the queue; returns how many messages were in it. Those that failed are put back."""
        messages = self.take(self.queue_url)
        self._hand_over("collect-waiting", self.queue_url, messages)
        return len(messages)

    def hand_out_due(self) -> dict[str, Any]:
        """Let the schedule run once; returns what was handed out."""
        answer: dict[str, Any] = self.invoke("hand-out-due", load_event("hand-out-due"))
        return answer

    def collect_due(self) -> int:
        """Carry the queue of what was handed out, each message once; returns how many failed and were put back."""
        messages = self.take(self.due_queue_url)
        return self._hand_over("collect-due", self.due_queue_url, messages)

    def check_accounts(self) -> dict[str, int]:
        """Let the schedule look at the accounts that are due; returns what became of them."""
        answer: dict[str, int] = self.invoke("check-accounts", load_event("check-accounts"))
        return answer

    def lose_messages(self) -> None:
        """Empty both queues: whatever they held is never handled."""
        self.take(self.queue_url)
        self.take(self.due_queue_url)

    def look_again(self) -> int:
        """Hand out what is due and look at it; returns how many messages failed."""
        self.hand_out_due()
        return self.collect_due()

    def deliver_stripe_events(self) -> list[int]:
        """Deliver what Stripe has to send by now; returns the statuses that were answered."""
        return [self.deliver(delivery) for delivery in self.stripe.due_deliveries()]

    def deliver(self, delivery: Delivery) -> int:
        """Deliver one event of Stripe, again if it was delivered before; returns the status that was answered."""
        url = urlsplit(delivery.url)
        event = proxy_event(
            "POST", f"{url.path}?{url.query}", delivery.body.decode(), headers=delivery.headers, organization_id=""
        )
        organization_id = url.path.rpartition("/")[2]
        resource = "/api/v1/webhooks/stripe/{organization_id}"
        event |= {"resource": resource, "pathParameters": {"organization_id": organization_id}}
        status = self.call("payment-result", event).status
        self.stripe.delivered(delivery, status)
        return status

    def run(self) -> None:
        """Carry everything everywhere until nothing is left to be carried."""
        busy = True
        while busy:
            images = self.new_images("invoices")
            if images:
                self.invoke("invoice-created", self.stream_event(images))
            busy = bool(images) | bool(self.deliver_stripe_events()) | bool(self.collect_waiting())

    def stripe_calls(self, endpoint: str = "POST /v1/payment_intents") -> int:
        """How often an endpoint of Stripe was called so far."""
        counts: dict[str, int] = self.stripe.control.report()["counts"]
        return counts.get(endpoint, 0)

    def charged(self) -> list[int]:
        """The amounts that Stripe has charged so far, in minor units: every success, ours or not."""
        intents = self.stripe_client.v1.payment_intents.list({"limit": 100}).data
        return [intent.amount_received for intent in intents if intent.status == "succeeded"]

    def received(self) -> list[dict[str, Any]]:
        """The messages that the subscriber received since the last time."""
        received = list(self.aws_account.published)
        self.aws_account.published.clear()
        return received

    def take(self, queue_url: str) -> list[str]:
        """The bodies of all messages that can be received, which are in the queue no longer."""
        messages = self.aws_account.receive(queue_url)
        for message in messages:
            message.deleted = True
        return [message.body for message in messages]

    def _hand_over(self, function: str, queue_url: str, bodies: list[str]) -> int:
        """Invoke a function with a queue's messages, ten at a time; returns how many failed and were put back."""
        records = [{"messageId": str(position), "body": body} for position, body in enumerate(bodies)]
        failed: list[str] = []
        for start in range(0, len(records), 10):
            answer = self.invoke(function, {"Records": records[start : start + 10]})
            failed += [bodies[int(failure["itemIdentifier"])] for failure in answer["batchItemFailures"]]
        for body in failed:
            self.aws.client("sqs").send_message(QueueUrl=queue_url, MessageBody=body)
        return len(failed)
