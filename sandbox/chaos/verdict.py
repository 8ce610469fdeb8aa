"""All that was done, counted at Stripe and held against the tables and the subscriber."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from sandbox.chaos.endings import closed_invoice, wait_until_notified
from sandbox.chaos.points import control
from sandbox.chaos.violations import ViolationError
from sandbox.chaos.world import Chaos
from sandbox.report import leaked_secrets

_PAYMENT = "POST /v1/payment_intents"


def verdict(chaos: Chaos) -> int:
    """Print what was counted; how many violations there are."""
    violations = [*_events_not_taken(chaos)]
    intents = chaos.intents()
    violations += [*_not_as_expected(chaos, intents), *_strangers(chaos, intents)]
    for check in (_customers_at_stripe, _dead_letters, _secrets_in_logs):
        violations += check(chaos)
    for violation in violations:
        chaos.stage.say(f"WRONG: {violation}")
    _count(chaos, [intent for found in intents.values() for intent in found])
    return len(violations)


def _not_as_expected(chaos: Chaos, intents: dict[str, list[Any]]) -> Iterator[str]:
    """Each invoice: one intent, one payment, one result, notified once."""
    for lago_id, becomes in chaos.invoices.items():
        try:
            wait_until_notified(chaos, lago_id, becomes)
            closed_invoice(chaos, lago_id, becomes, intents.get(lago_id, []))
        except (TimeoutError, ViolationError) as violation:
            yield str(violation)


def _strangers(chaos: Chaos, intents: dict[str, list[Any]]) -> Iterator[str]:
    for lago_id in intents.keys() - chaos.invoices.keys():
        yield f"Stripe has a payment intent for {lago_id}, an invoice that nobody made"


def _customers_at_stripe(chaos: Chaos) -> Iterator[str]:
    """Each customer was created in Stripe, once."""
    ours, query = set(), "per_page=100"
    while query:
        page = chaos.stage.call("GET", f"customers?{query}")
        ours |= {one["billing_configuration"]["provider_customer_id"] for one in page["customers"]}
        cursor = page["meta"]["next_cursor"]
        query = f"per_page=100&cursor={cursor}" if cursor else ""
    theirs = {one.id for one in chaos.stage.stripe.v1.customers.list({"limit": 100}).auto_paging_iter()}
    if ours != theirs:
        yield f"{len(theirs - ours)} customers are at Stripe only, {len(ours - theirs)} here only"


def _events_not_taken(chaos: Chaos) -> Iterator[str]:
    """Stripe sends an event again until it is taken."""

    def pending() -> list[str]:
        listed = chaos.stage.stripe.v1.events.list({"limit": 100, "delivery_success": False}).auto_paging_iter()
        return [event.type for event in listed]

    try:
        chaos.stack.wait_for("every event to be taken", lambda: not pending())
    except TimeoutError:
        yield f"events that were not taken: {pending()}"


def _dead_letters(chaos: Chaos) -> Iterator[str]:
    """No customer's message ends there. One of an invoice that is due may: the invoice comes up again."""
    sqs = chaos.stack.emulator.client("sqs")
    url = chaos.stack.outputs["CollectionQueueUrl"]
    policy = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["RedrivePolicy"])["Attributes"]["RedrivePolicy"]
    name = json.loads(policy)["deadLetterTargetArn"].rpartition(":")[2]
    dead = sqs.get_queue_attributes(
        QueueUrl=sqs.get_queue_url(QueueName=name)["QueueUrl"], AttributeNames=["ApproximateNumberOfMessages"]
    )
    if number := int(dead["Attributes"]["ApproximateNumberOfMessages"]):
        yield f"{number} messages of the collection queue were given up"


def _secrets_in_logs(chaos: Chaos) -> Iterator[str]:
    leaks = leaked_secrets(chaos.stack.emulator)
    chaos.stage.say(f"all logs of all functions searched for keys and signing secrets: {leaks} found")
    if leaks:
        yield f"{leaks} messages of the logs hold a secret"


def _count(chaos: Chaos, intents: list[Any]) -> None:
    calls = control(chaos.stack, "GET", "calls")["calls"]
    payments = [call for call in calls if call["endpoint"] == _PAYMENT]
    replayed = sum(call["replayed"] for call in payments)
    charged = [intent.amount_received for intent in intents if intent.status == "succeeded"]
    said: Callable[[str], None] = chaos.stage.say
    said(f"{chaos.killer.killed.total()} processes were killed, of {len(chaos.killer.killed)} functions")
    said(f"{len(payments)} calls, {replayed} of them answered from the idempotency key, made {len(intents)} intents")
    said(f"{len(chaos.invoices)} invoices: {len(charged)} charges, {len(intents) - len(charged)} intents without one")
    said(f"{sum(charged) / 100:.2f} EUR charged at Stripe")
