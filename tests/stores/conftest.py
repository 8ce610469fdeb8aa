"""The stores on tables of their own, as the template makes them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count

import pytest
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
from paystream.adapters.dynamodb.rate_limits import DynamoTimetable
from paystream.adapters.dynamodb.refused_charges import DynamoRefusedCharges
from paystream.adapters.dynamodb.webhook_endpoints import DynamoWebhookEndpoints
from paystream.ports.stores import Stores
from stores.targets import Target, target_named
from template import table_definition

LOGICAL_IDS = {
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
RATE_LIMITS = "RateLimitsTable"
"""Not one of `Tables`: it is the gateways', not the stores'."""

_numbers = count(1)


@pytest.fixture(scope="session")
def target(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """The DynamoDB of this run."""
    start = target_named(request.config.getoption("--dynamodb"))
    with start(tmp_path_factory.mktemp("dynamodb")) as started:
        yield started


@pytest.fixture
def tables(target: Target) -> Iterator[Tables]:
    """New tables, gone after the test."""
    with new_tables(target, LOGICAL_IDS) as names:
        yield Tables(**names)


@pytest.fixture
def timetable(target: Target) -> Iterator[DynamoTimetable]:
    """The timetable of the product, on a table of its own."""
    with new_tables(target, {"rate_limits": RATE_LIMITS}) as names:
        yield DynamoTimetable(target.dynamodb, names["rate_limits"])


@contextmanager
def new_tables(target: Target, logical_ids: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """The names of new tables, which go in the end."""
    number = next(_numbers)
    names = {name: f"{logical_id}-{number}" for name, logical_id in logical_ids.items()}
    with target.for_a_test():
        for name, logical_id in logical_ids.items():
            target.dynamodb.create_table(TableName=names[name], **table_definition(logical_id))
        yield names
        for table in names.values():
            target.dynamodb.delete_table(TableName=table)


@pytest.fixture
def stores(target: Target, tables: Tables) -> Stores:
    """The adapters of the product."""
    database = Database(target.dynamodb, tables)
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
