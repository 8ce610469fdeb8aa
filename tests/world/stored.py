"""What is kept, here and at Stripe: to show that a refusal changes nothing."""

import json
from typing import Any

from world.world import TABLES, World


def secrets(world: World) -> dict[str, dict[str, Any]]:
    """The secrets in Secrets Manager, by name."""
    return {name: json.loads(text) for name, text in world.aws_account.secrets.texts.items()}


def everything(world: World) -> dict[str, Any]:
    """All items of all tables, all secrets, and the endpoints and customers at Stripe."""
    client = world.stripe_client.v1
    return {
        "tables": {table: world.items(table) for table in TABLES},
        "secrets": secrets(world),
        "endpoints": [endpoint.to_dict() for endpoint in client.webhook_endpoints.list().data],
        "customers": [customer.to_dict() for customer in client.customers.list().data],
    }
