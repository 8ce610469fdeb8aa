"""The handlers in a world of their own: AWS in memory (moto), the Stripe sandbox in memory, one clock.

Nothing of ours is replaced but the clock and the way to Stripe. Streams and queues are carried by hand, so that a test
decides what happens when, and what happens twice.
"""

import importlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
import stripe
from api_description import check_exchange
from functions.aws_faults import AwsFaults
from functions.shared_sleep import SharedSleep
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.sqs.models import sqs_backends
from notification_schemas import check_notification
from paystream import bootstrap
from sandbox.stripe.client import InProcessHTTPClient
from sandbox.stripe.clock import ManualClock
from sandbox.stripe.engine import StripeSandbox
from sandbox.stripe.webhooks import Delivery
from template import REPOSITORY, resources, table_definition

ORGANIZATION = "0a1b2c3d-0000-4000-8000-000000000001"
"""The organization of all events in events/."""

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
}
RATE_LIMITS_TABLE = "RateLimitsTable"
"""No test compares what is in it: nothing is lost with it."""

Image = dict[str, Any]


@dataclass
class Answer:
    """What a handler answered through API Gateway."""

    status: int
    body: Any


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
        self.aws = AwsFaults(monkeypatch)
        self.dynamodb = boto3.client("dynamodb")
        self._seen: set[str] = set()
        self._sequence = 0
        for logical_id in (*TABLES.values(), RATE_LIMITS_TABLE):
            self._create_table(logical_id)
        self.queue_url = boto3.client("sqs").create_queue(QueueName="collection")["QueueUrl"]
        self.due_queue_url = boto3.client("sqs").create_queue(QueueName="due")["QueueUrl"]
        topic = boto3.client("sns").create_topic(Name="topic")["TopicArn"]
        self._subscriber = boto3.client("sqs").create_queue(QueueName="subscriber")["QueueUrl"]
        boto3.client("sns").subscribe(
            TopicArn=topic, Protocol="sqs", Endpoint="arn:aws:sqs:us-east-1:123456789012:subscriber"
        )
        environment = {f"{name.upper()}_TABLE": logical_id for name, logical_id in TABLES.items()} | {
            "COLLECTION_QUEUE_URL": self.queue_url,
            "DUE_QUEUE_URL": self.due_queue_url,
            "TOPIC_ARN": topic,
            "SECRETS_PREFIX": "paystream",
            "STRIPE_API_BASE": "https://api.stripe.com",
            "STRIPE_READ_SECONDS": "8",
            "RATE_LIMITS_TABLE": RATE_LIMITS_TABLE,
            "RATE_LIMIT_WAIT_SECONDS": "2",
            "PUBLIC_BASE_URL": "https://paystream.test",
            "STACK_NAME": "paystream",
            "WEBHOOK_URLS": "public",
        }
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(bootstrap, "now", self.now)
        monkeypatch.setattr(bootstrap, "sleep", SharedSleep(self.clock).sleep)
        monkeypatch.setattr(bootstrap, "stripe_http_client", lambda: InProcessHTTPClient(self.stripe))
        for cached in (
            bootstrap.stores,
            bootstrap.secrets,
            bootstrap.gateways,
            bootstrap.rate_limiter,
            bootstrap.collection_queue,
            bootstrap.due_queue,
            bootstrap.publisher,
            bootstrap.subscriptions,
            bootstrap.webhook_urls,
        ):
            cached.cache_clear()

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.clock.now(), UTC)

    def pass_time(self, seconds: float) -> None:
        """Let the clock, Stripe's and ours and the queues', go on."""
        self.clock.advance(seconds)
        for queue in sqs_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].queues.values():
            for message in queue._messages:
                message.delayed_until -= seconds * 1000

    def stripe_as(self, secret_key: str) -> stripe.StripeClient:
        """Stripe's own library, as somebody with this key would use it."""
        return stripe.StripeClient(secret_key, http_client=InProcessHTTPClient(self.stripe))

    def invoke(self, function: str, event: Mapping[str, Any], *, remaining_milliseconds: int = 300_000) -> Any:
        """Call a function's handler, as Lambda does: the event as JSON in, the answer as JSON out."""
        handler = importlib.import_module(function.replace("-", "_")).lambda_handler
        context = LambdaContext(function, remaining_milliseconds)
        answer = json.loads(json.dumps(handler(json.loads(json.dumps(event)), context)))
        self._check_that_what_is_open_is_due()
        return answer

    def call(self, function: str, event: Mapping[str, Any]) -> Answer:
        """Call a function's handler with an API Gateway event; the answer must be as the API's description says."""
        answer = self.invoke(function, event)
        assert answer["headers"].get("Content-Type") == ("application/json" if answer["body"] else None)
        check_exchange(event, answer)
        return Answer(answer["statusCode"], json.loads(answer["body"]) if answer["body"] else None)

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
        function, resource, parameters = _route(method, urlsplit(path).path)
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
        boto3.resource("dynamodb").Table(TABLES["invoices"]).put_item(Item=kept)
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
        pages = boto3.resource("dynamodb").meta.client.get_paginator("scan").paginate(TableName=TABLES[table])
        return [item for page in pages for item in page["Items"]]

    def told(self) -> list[str]:
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
        found = []
        for item in self.all_images(table):
            identity = json.dumps([table, item["organization_id"], item["lago_id"]])
            if identity not in self._seen:
                self._seen.add(identity)
                found.append(item)
        return found

    def all_images(self, table: str) -> list[Image]:
        """All items of a table, as a stream shows them."""
        pages = self.dynamodb.get_paginator("scan").paginate(TableName=TABLES[table])
        return [dict(item) for page in pages for item in page["Items"]]

    def stream_event(self, images: Iterable[Image], *, written_at: datetime | None = None) -> dict[str, Any]:
        """What a stream's event source mapping hands to a function for new items."""
        return {"Records": [self._stream_record(image, written_at or self.now()) for image in images]}

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

    def collect_due(self) -> dict[str, Any]:
        """Let the schedule run once; returns what was handed out."""
        answer: dict[str, Any] = self.invoke("collect-due", load_event("collect-due"))
        return answer

    def settle_due(self) -> int:
        """Carry the queue of what was handed out, each message once; returns how many failed and were put back."""
        messages = self.take(self.due_queue_url)
        return self._hand_over("settle-due", self.due_queue_url, messages)

    def lose_messages(self) -> None:
        """Empty both queues: whatever they held is never handled."""
        self.take(self.queue_url)
        self.take(self.due_queue_url)

    def look_again(self) -> int:
        """Hand out what is due and look at it; returns how many messages failed."""
        self.collect_due()
        return self.settle_due()

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
        sqs = boto3.client("sqs")
        received: list[dict[str, Any]] = []
        while messages := sqs.receive_message(QueueUrl=self._subscriber, MaxNumberOfMessages=10).get("Messages"):
            received += [json.loads(message["Body"]) for message in messages]
            for message in messages:
                sqs.delete_message(QueueUrl=self._subscriber, ReceiptHandle=message["ReceiptHandle"])
        return received

    def take(self, queue_url: str) -> list[str]:
        """The bodies of all messages, which are in the queue no longer."""
        sqs = boto3.client("sqs")
        bodies: list[str] = []
        while messages := sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10).get("Messages"):
            bodies += [message["Body"] for message in messages]
            for message in messages:
                sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
        return bodies

    def _hand_over(self, function: str, queue_url: str, bodies: list[str]) -> int:
        """Invoke a function with a queue's messages, ten at a time; returns how many failed and were put back."""
        records = [{"messageId": str(position), "body": body} for position, body in enumerate(bodies)]
        failed: list[str] = []
        for start in range(0, len(records), 10):
            answer = self.invoke(function, {"Records": records[start : start + 10]})
            failed += [bodies[int(failure["itemIdentifier"])] for failure in answer["batchItemFailures"]]
        for body in failed:
            boto3.client("sqs").send_message(QueueUrl=queue_url, MessageBody=body)
        return len(failed)

    def _check_that_what_is_open_is_due(self) -> None:
        """Rule 7: after every call of every function, each open invoice has a time at which it is looked at again."""
        for item in self.all_images("invoices"):
            is_ours = "customer_key" in item
            is_owed = is_ours and item["status"] == {"S": "finalized"} and "problem" not in item
            is_open = is_owed and item["payment_status"] == {"S": "pending"}
            assert not is_open or {"due_at", "due_shard"} <= item.keys(), item

    def _stream_record(self, image: Image, written_at: datetime) -> dict[str, Any]:
        self._sequence += 1
        return {
            "eventID": f"event-{self._sequence}",
            "eventName": "INSERT",
            "eventSource": "aws:dynamodb",
            "dynamodb": {
                "ApproximateCreationDateTime": written_at.timestamp(),
                "Keys": {name: image[name] for name in ("organization_id", "lago_id")},
                "NewImage": image,
                "SequenceNumber": f"{self._sequence:021}",
                "StreamViewType": "NEW_IMAGE",
            },
        }

    def _create_table(self, logical_id: str) -> None:
        self.dynamodb.create_table(TableName=logical_id, **table_definition(logical_id))


def proxy_event(
    method: str,
    path: str,
    body: Any = None,
    *,
    headers: Mapping[str, str] | None = None,
    organization_id: str = ORGANIZATION,
) -> dict[str, Any]:
    """An event of API Gateway's Lambda proxy integration; a body that is no text is sent as JSON."""
    parts = urlsplit(path)
    query = parse_qs(parts.query, keep_blank_values=True)
    sent = {"Content-Type": "application/json"} | dict(headers or {})
    return {
        "resource": parts.path,
        "path": parts.path,
        "httpMethod": method,
        "headers": sent,
        "multiValueHeaders": {name: [value] for name, value in sent.items()},
        "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
        "multiValueQueryStringParameters": query or None,
        "pathParameters": None,
        "requestContext": {
            "stage": "live",
            "domainName": "api.paystream.test",
            "authorizer": {"organization_id": organization_id, "principalId": organization_id},
        },
        "body": body if body is None or isinstance(body, str) else json.dumps(body),
        "isBase64Encoded": False,
    }


def _route(method: str, path: str) -> tuple[str, str, dict[str, str]]:
    for properties in resources("AWS::Serverless::Function").values():
        for event in properties.get("Events", {}).values():
            if event["Type"] == "Api" and event["Properties"]["Method"] == method:
                parameters = _match(event["Properties"]["Path"], path)
                if parameters is not None:
                    return properties["CodeUri"].removeprefix("functions/"), event["Properties"]["Path"], parameters
    raise LookupError(f"the template has no route {method} {path}")


def _match(resource: str, path: str) -> dict[str, str] | None:
    wanted, given = resource.split("/"), path.split("/")
    if len(wanted) != len(given):
        return None
    pairs = list(zip(wanted, given, strict=True))
    if any(want != part for want, part in pairs if not want.startswith("{")):
        return None
    return {want.strip("{}"): part for want, part in pairs if want.startswith("{")}
