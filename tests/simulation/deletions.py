"""Customers whom a person deletes at Stripe, and what must hold of them."""

import json
from collections.abc import Iterator

from aws_in_memory.dynamodb.values import Item

from .gone import link_of
from .wallets import BY_TRANSFER, wallet_of
from .workload import Payer, Workload
from .world import World

_HOUR = 3600.0


def delete_at_stripe(workload: Workload, payer: Payer) -> None:
    """In the dashboard. Some hours later a person links the customer to another one, unless Paystream makes that."""
    world = workload.world
    known = link_of(world.database.tables["CustomersTable"].get((payer.organization_id, payer.external_id)))
    at_stripe = payer.provider_customer_id or known
    if not at_stripe or at_stripe in world.invariants.gone.deleted:
        return
    workload.client(payer).v1.customers.delete(at_stripe)
    world.invariants.gone.deleted.add(at_stripe)
    payer.provider_customer_id = None
    if payer.kind == "created":
        return
    token = "" if payer.kind == BY_TRANSFER else wallet_of(payer.kind).tokens[0]
    later = world.clock.now() + world.random.random() * 12 * _HOUR
    world.scheduler.at(later, lambda: workload.link(payer, workload.stripe_customer(payer, token)))


def deletion_complaints(world: World) -> Iterator[str]:
    """Nobody is linked to a customer who is gone, and each was notified once at the most."""
    gone = world.invariants.gone.deleted
    for key, item in world.database.tables["CustomersTable"].items():
        if link_of(item) in gone:
            yield f"customer {key} is linked to {link_of(item)}, who is gone at Stripe"
    told = [_deleted_one(item) for _, item in world.database.tables["NotificationsTable"].items()]
    for customer in gone:
        times = sum(customer in message for message in told)
        if times > 1:
            yield f"that {customer} is gone at Stripe was notified {times} times"


def _deleted_one(notification: Item) -> str:
    content = json.loads(notification["body"]["S"])
    error = content[content["object_type"]].get("provider_error") or {}
    return str(error.get("message")) if error.get("error_code") == "customer_deleted" else ""
