"""The customers table."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from paystream.adapters.dynamodb.database import Database, version_condition
from paystream.adapters.dynamodb.items import attribute_values, from_item, plain, to_item
from paystream.adapters.dynamodb.listing import Listing
from paystream.adapters.dynamodb.readable import readable
from paystream.model.customer import Customer
from paystream.model.notification import Notification
from paystream.ports.pages import Page, PageRequest

BY_PROVIDER_CUSTOMER = "by_provider_customer"


def cards_update(table: str, customer: Customer) -> dict[str, Any]:
    """What is known of the customer's cards is written with what it follows from. Two declines in one moment may count
    as one: the limits leave room for that. The version rises, so that no function writes over it what it read before.
    """
    names = ("card_declines", "last_paid_payment_method_id")
    known = {name: plain(getattr(customer, name)) for name in names if getattr(customer, name)}
    return {
        "Update": {
            "TableName": table,
            "Key": attribute_values({name: getattr(customer, name) for name in ("organization_id", "external_id")}),
            "UpdateExpression": f"SET {', '.join(f'{name} = :{name}' for name in known)} ADD version :one",
            "ConditionExpression": "attribute_exists(external_id)",
            "ExpressionAttributeValues": attribute_values(
                {":one": 1} | {f":{name}": value for name, value in known.items()}
            ),
        }
    }


class DynamoCustomers:
    """Implements the port `Customers`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._table = database.tables.customers

    def get(self, organization_id: str, external_id: str) -> Customer | None:
        item = self._database.get(self._table, {"organization_id": organization_id, "external_id": external_id})
        return from_item(Customer, item) if item else None

    def by_provider_id(self, organization_id: str, provider_customer_id: str) -> tuple[Customer, ...]:
        answer = self._database.client.query(
            TableName=self._table,
            IndexName=BY_PROVIDER_CUSTOMER,
            KeyConditionExpression="organization_id = :organization AND provider_customer_id = :provider_customer",
            ExpressionAttributeValues=attribute_values(
                {":organization": organization_id, ":provider_customer": provider_customer_id}
            ),
        )
        external_ids = [item["external_id"]["S"] for item in answer["Items"]]
        found = (self.get(organization_id, external_id) for external_id in external_ids)
        return tuple(customer for customer in found if customer)

    def page(self, organization_id: str, *, request: PageRequest) -> Page[Customer]:
        listing = Listing(
            database=self._database,
            table=self._table,
            index=None,
            partitions=[{"organization_id": organization_id}],
            position=("external_id",),
            newest_first=False,
            wants=lambda item: "deleted_at" not in item,
            wants_most=True,
        )
        items, next_cursor, count = listing.page(request)
        return Page(tuple(readable(items, partial(from_item, Customer))), next_cursor, count)

    def save(self, customer: Customer, notifications: Sequence[Notification] = ()) -> Customer:
        written = replace(customer, version=customer.version + 1)
        put = {"TableName": self._table, "Item": to_item(written), **version_condition(customer.version)}
        self._database.write({"Put": put}, *self._database.outbox(notifications))
        return written

    def next_invoice_sequence(self, organization_id: str, lago_customer_id: str) -> int:
        """Kept beside the numbers, not in the customer: counting is no change of the customer."""
        answer = self._database.client.update_item(
            TableName=self._database.tables.invoice_numbers,
            Key=attribute_values({"organization_id": organization_id, "number": f"#sequence#{lago_customer_id}"}),
            UpdateExpression="ADD #sequence :one",
            ExpressionAttributeNames={"#sequence": "sequence"},
            ExpressionAttributeValues={":one": {"N": "1"}},
            ReturnValues="UPDATED_NEW",
        )
        return int(answer["Attributes"]["sequence"]["N"])
