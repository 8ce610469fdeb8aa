"""The composition root: what the use cases need, made once per execution environment from its environment variables.

Everything is made at first use, so that importing a handler needs no environment and a handler that never calls Stripe
never pays for importing its library.
"""

import os
import secrets as randomness
import time
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING
from uuid import uuid4

import boto3
from botocore.config import Config

from paystream.adapters.dynamodb.api_keys import DynamoApiKeys
from paystream.adapters.dynamodb.customers import DynamoCustomers
from paystream.adapters.dynamodb.database import Database, Tables
from paystream.adapters.dynamodb.due_invoices import DynamoDueInvoices
from paystream.adapters.dynamodb.integrations import DynamoIntegrations
from paystream.adapters.dynamodb.invoices import DynamoInvoices
from paystream.adapters.dynamodb.notifications import DynamoNotifications
from paystream.adapters.dynamodb.payments import DynamoPayments
from paystream.adapters.secrets_manager import SecretsManagerSecrets
from paystream.adapters.sns import SnsPublisher
from paystream.adapters.sqs import SqsCollectionQueue, SqsDueQueue
from paystream.ports import Stores

if TYPE_CHECKING:
    import stripe

    from paystream.adapters.stripe.gateways import StripeGateways

_AWS = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 4})


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


def monotonic() -> float:
    """Seconds that only grow, from some time on."""
    return time.monotonic()


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

    return StripeGateways(secrets(), api_base=os.environ["STRIPE_API_BASE"], http_client=stripe_http_client())


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
