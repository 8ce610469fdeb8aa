"""Accounts that Stripe refuses what they charge, for days: nobody fails by it, and all is collected afterwards."""

from collections.abc import Iterator
from datetime import UTC, datetime

from aws_in_memory.dynamodb.tables import Key
from aws_in_memory.dynamodb.values import Item

from .operators import NOT_ACTIVATED, RESTRICTED
from .workload import Connection, Workload
from .world import World

_TYPES = (None, None, None, "card", "us_bank_account", "sepa_debit")
_HOUR = 3600.0
_LONGEST = 72 * _HOUR


def refuse_for_a_while(workload: Workload, connection: Connection) -> None:
    """The account, or one type of payment method of it, until a person puts that right at Stripe."""
    control, random = workload.world.stripe.control, workload.world.random
    method_type = random.choice(_TYPES)
    code = NOT_ACTIVATED if method_type else RESTRICTED
    account_id = connection.account.id
    control.refuse_charges(account_id, code, method_type=method_type)
    put_right_at = workload.world.clock.now() + random.random() ** 2 * _LONGEST
    workload.world.scheduler.at(put_right_at, lambda: control.take_charges(account_id))


def refuse_all(workload: Workload) -> None:
    for connection in workload.connections:
        workload.world.stripe.control.refuse_charges(connection.account.id, RESTRICTED)


def put_all_right(workload: Workload) -> None:
    for account_id in workload.world.stripe.accounts:
        workload.world.stripe.control.take_charges(account_id)


def held_back(world: World) -> Iterator[str]:
    """What still waits for an account whose key is taken. Not what has no answer: where a crash kept a refusal from
    being written, and the customer has another card since, Stripe says nothing of it until it forgets the key.
    """
    refused = {
        item["lago_id"]["S"]
        for _, item in world.database.tables["IntegrationsTable"].items()
        if "needs_attention" in item
    }
    now = datetime.fromtimestamp(world.clock.now(), UTC).isoformat(timespec="milliseconds")
    for key, item in world.database.tables["InvoicesTable"].items():
        paused_by = item.get("paused_integration_id", {}).get("S")
        if paused_by is not None and paused_by not in refused and not _is_unknown(world, key, item):
            yield f"invoice {key} waits for account {paused_by} at {now}, until {item['due_at']['S']}"


def _is_unknown(world: World, key: Key, item: Item) -> bool:
    last = world.invariants.last_payment(key, item) or {}
    return last.get("unknown_tries", {"N": "0"}) != {"N": "0"} and "refused_at" not in last
