"""The composition root: what the use cases need, made once per execution environment from its environment variables.

Everything is made at first use, so that importing a handler needs no environment and a handler that never calls Stripe
never pays for importing its library.
"""

import os
import secrets as randomness
import time
from datetime import UTC, datetime
from functools import cache
from random import SystemRandom
from typing import TYPE_CHECKING
from uuid import uuid4

import boto3
from botocore.config import Config

from paystream.adapters.dynamodb.api_keys import DynamoApiKeys
from paystream.adapters.dynamodb.customers import DynamoCustomers
from paystream.adapters.dynamodb.database import Database, Tables
from paystream.adapters.dynamodb.due_invoices import DynamoDueInvoices
from paystream.adapters.dynamodb.figures import DynamoFigures
from paystream.adapters.dynamodb.integrations import DynamoIntegrations
from paystream.adapters.dynamodb.invoices import DynamoInvoices
from paystream.adapters.dynamodb.missed_records import DynamoMissedRecords
from paystream.adapters.dynamodb.notifications import DynamoNotifications
from paystream.adapters.dynamodb.payments import DynamoPayments
from paystream.adapters.dynamodb.refused_charges import DynamoRefusedCharges
from paystream.adapters.dynamodb.webhook_endpoints import DynamoWebhookEndpoints
from paystream.adapters.secrets_manager import SecretsManagerSecrets
from paystream.adapters.sns import SnsPublisher
from paystream.adapters.sqs import SqsCollectionQueue, SqsDueQueue
from paystream.model.redrive import StreamConsumer
from paystream.ports.stores import Stores

if TYPE_CHECKING:
    import stripe

    from paystream.adapters.dns import SystemResolver
    from paystream.adapters.lambda_functions import LambdaStreamConsumers
    from paystream.adapters.s3 import S3FailedRecords
    from paystream.adapters.sns_subscriptions import SnsSubscriptions
    from paystream.adapters.stripe.gateways import StripeGateways
    from paystream.adapters.stripe.rate_limiter import RateLimiter
    from paystream.use_cases.webhook_endpoints.check_webhook_url import WebhookUrls

_AWS = Config(
    connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 4}, max_pool_connections=40
)

_NOT_WORTH_WAITING_FOR = Config(
    connect_timeout=0.5,
    read_timeout=0.5,
    retries={"mode": "standard", "total_max_attempts": 1},
    max_pool_connections=40,
)
"""The rate limits table: without its answer a request goes all the same."""

_WAITS_FOR_FUNCTIONS = Config(
    connect_timeout=2, read_timeout=305, retries={"total_max_attempts": 1}, tcp_keepalive=True
)
"""A little longer than the slowest stream consumer may run, and never twice: the caller decides on that."""


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


def monotonic() -> float:
    """Seconds that only grow, from some time on."""
    return time.monotonic()


def sleep(seconds: float) -> None:
    """Let the time pass."""
    time.sleep(seconds)


def new_id() -> str:
    """An id that nobody has used."""
    return str(uuid4())


def new_key_secret() -> str:
    """The random part of an API key: 256 bits."""
    return randomness.token_hex(32)


@cache
def stores() -> Stores:
    """The tables. A function's environment names those it may use; its role decides."""
    tables = Tables(
        **{name: os.environ.get(f"{name.upper()}_TABLE", "") for name in Tables.__dataclass_fields__},
    )
    database = Database(boto3.client("dynamodb", config=_AWS), tables)
    return Stores(
        api_keys=DynamoApiKeys(database),
        integrations=DynamoIntegrations(database),
        customers=DynamoCustomers(database),
        invoices=DynamoInvoices(database),
        due_invoices=DynamoDueInvoices(database),
        payments=DynamoPayments(database),
        notifications=DynamoNotifications(database),
        webhook_endpoints=DynamoWebhookEndpoints(database),
        missed_records=DynamoMissedRecords(database),
        refused_charges=DynamoRefusedCharges(database),
        figures=DynamoFigures(database),
    )


@cache
def secrets() -> SecretsManagerSecrets:
    """The integrations' credentials."""
    client = boto3.client("secretsmanager", config=_AWS)
    return SecretsManagerSecrets(client, prefix=os.environ["SECRETS_PREFIX"], clock=monotonic)


@cache
def gateways() -> "StripeGateways":
    """Stripe. Imported here: the library costs more of a cold start than all the rest."""
    from paystream.adapters.stripe.gateways import StripeGateways

    return StripeGateways(
        secrets(), api_base=os.environ["STRIPE_API_BASE"], http_client=stripe_http_client(), limiter=rate_limiter()
    )


@cache
def rate_limiter() -> "RateLimiter":
    """The pace at which the integrations' accounts are called; how long a request waits for its turn, in seconds."""
    from paystream.adapters.dynamodb.rate_limits import DynamoTimetable
    from paystream.adapters.stripe.rate_limiter import RateLimiter

    client = boto3.client("dynamodb", config=_NOT_WORTH_WAITING_FOR)
    return RateLimiter(
        DynamoTimetable(client, os.environ["RATE_LIMITS_TABLE"]),
        longest_wait=float(os.environ["RATE_LIMIT_WAIT_SECONDS"]),
        clock=lambda: now().timestamp(),
        sleep=sleep,
        random=SystemRandom().random,
    )


@cache
def stripe_http_client() -> "stripe.HTTPClient":
    """One client for all accounts, with a connection a thread; time-outs in seconds."""
    import stripe

    return stripe.RequestsClient(timeout=(3.05, float(os.environ["STRIPE_READ_SECONDS"])))


@cache
def collection_queue() -> SqsCollectionQueue:
    """The queue of customers whose invoices can be collected."""
    return SqsCollectionQueue(boto3.client("sqs", config=_AWS), os.environ["COLLECTION_QUEUE_URL"])


@cache
def due_queue() -> SqsDueQueue:
    """The queue of invoices that are to be looked at again."""
    return SqsDueQueue(boto3.client("sqs", config=_AWS), os.environ["DUE_QUEUE_URL"])


@cache
def publisher() -> SnsPublisher:
    """The topic."""
    return SnsPublisher(boto3.client("sns", config=_AWS), os.environ["TOPIC_ARN"])


@cache
def subscriptions() -> "SnsSubscriptions":
    """The topic's HTTPS subscriptions, and their dead-letter queues, whose names begin with the stack's."""
    from paystream.adapters.dead_letters import SqsDeadLetterQueues
    from paystream.adapters.sns_subscriptions import SnsSubscriptions

    topic_arn, prefix = os.environ["TOPIC_ARN"], f"{os.environ['STACK_NAME']}-webhook"
    dead_letters = SqsDeadLetterQueues(boto3.client("sqs", config=_AWS), topic_arn=topic_arn, prefix=prefix)
    return SnsSubscriptions(boto3.client("sns", config=_AWS), dead_letters, topic_arn=topic_arn)


@cache
def resolver() -> "SystemResolver":
    """What says where a name leads."""
    from paystream.adapters.dns import SystemResolver

    return SystemResolver()


@cache
def webhook_urls() -> "WebhookUrls":
    """Where webhooks may lead."""
    from paystream.use_cases.webhook_endpoints.check_webhook_url import Reach, WebhookUrls

    return WebhookUrls(Reach(os.environ["WEBHOOK_URLS"]), resolver())


@cache
def failed_records() -> "S3FailedRecords":
    """The bucket of stream records that failed for good."""
    from paystream.adapters.s3 import S3FailedRecords

    consumers = {arn: consumer for consumer, arn in _stream_consumer_arns().items()}
    return S3FailedRecords(boto3.client("s3", config=_AWS), os.environ["FAILED_RECORDS_BUCKET"], consumers)


@cache
def stream_consumers() -> "LambdaStreamConsumers":
    """The functions that handle streams."""
    from paystream.adapters.lambda_functions import LambdaStreamConsumers

    return LambdaStreamConsumers(boto3.client("lambda", config=_WAITS_FOR_FUNCTIONS), _stream_consumer_arns())


def _stream_consumer_arns() -> dict[StreamConsumer, str]:
    """Of those that this function may invoke."""
    names = {consumer: f"{consumer.name}_FUNCTION_ARN" for consumer in StreamConsumer}
    return {consumer: os.environ[name] for consumer, name in names.items() if name in os.environ}
