"""What is kept, here and at Stripe: to show that a refusal changes nothing."""

import json
from typing import Any

import boto3
from functions.world import TABLES, World


def secrets() -> dict[str, dict[str, Any]]:
    """The secrets in Secrets Manager, by name."""
    client = boto3.client("secretsmanager")
    names = [secret["Name"] for secret in client.list_secrets()["SecretList"]]
    return {name: json.loads(client.get_secret_value(SecretId=name)["SecretString"]) for name in names}


def everything(world: World) -> dict[str, Any]:
    """All items of all tables, all secrets, and the endpoints and customers at Stripe."""
    client = world.stripe_client.v1
    return {
        "tables": {table: world.items(table) for table in TABLES},
        "secrets": secrets(),
        "endpoints": [endpoint.to_dict() for endpoint in client.webhook_endpoints.list().data],
        "customers": [customer.to_dict() for customer in client.customers.list().data],
    }
