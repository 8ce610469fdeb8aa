"""Notifications as Lago's official Python client reads them, in an environment of its own."""

import json
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from builders.accounts import connect_with_customer
from builders.causes import CAUSES, asked_for_action, fees, large_customer
from builders.durations import DAY
from builders.invoices import collected, unauthenticated_invoice, waiting_invoice
from builders.payments import pay_by_hand
from paystream.model.notification import WebhookType
from template import REPOSITORY
from world.world import World

CLIENT = ".venv/clients/python"
MODELS = {
    WebhookType.INVOICE_PAYMENT_FAILURE: ("PaymentFailure", "lago_invoice_id"),
    WebhookType.INVOICE_PAYMENT_ABANDONED: ("PaymentFailure", "lago_invoice_id"),
    WebhookType.INVOICE_PAYMENT_STATUS_UPDATED: ("InvoiceResponse", "lago_id"),
    WebhookType.INVOICE_PAYMENT_DISPUTE_LOST: ("DisputeLost", "reason"),
    WebhookType.PAYMENT_DISPUTE_OPENED: ("PaymentResponse", "lago_id"),
    WebhookType.PAYMENT_DISPUTE_WON: ("PaymentResponse", "lago_id"),
    WebhookType.PAYMENT_REFUND_SUCCEEDED: ("Refund", "lago_id"),
    WebhookType.PAYMENT_REFUND_FAILED: ("Refund", "lago_id"),
    WebhookType.INVOICE_PAYMENT_OVERDUE: ("InvoiceResponse", "lago_id"),
    WebhookType.INVOICE_VOIDED: ("InvoiceResponse", "lago_id"),
    WebhookType.PAYMENT_SUCCEEDED: ("PaymentResponse", "lago_id"),
    WebhookType.PAYMENT_REQUIRES_ACTION: ("PaymentResponse", "lago_id"),
    WebhookType.CUSTOMER_PAYMENT_PROVIDER_CREATED: ("CustomerResponse", "lago_id"),
    WebhookType.CUSTOMER_PAYMENT_PROVIDER_ERROR: ("CustomerFailure", "lago_customer_id"),
    WebhookType.CUSTOMER_CHECKOUT_URL_GENERATED: ("CheckoutUrl", "lago_customer_id"),
    WebhookType.CUSTOMER_PAYMENT_METHOD_MISSING: ("CustomerResponse", "lago_id"),
    WebhookType.PAYMENT_PROVIDER_ERROR: ("ProviderFailure", "lago_payment_provider_id"),
}
"""The client's model of each type's object, and what names that object."""


Receiver = subprocess.Popen[str]


def start() -> Receiver:
    """A receiver with the client's models; it reads until its input ends."""
    program = [REPOSITORY / CLIENT / "bin" / "python", REPOSITORY / "tests" / "compatibility" / "webhook_receiver.py"]
    pipe = subprocess.PIPE
    return subprocess.Popen(program, stdin=pipe, stdout=pipe, stderr=pipe, text=True)


@pytest.fixture(scope="session")
def receiver() -> Iterator[Receiver]:
    """One for all cases: to start it takes longer than to read them."""
    subprocess.run(["make", "--silent", f"{CLIENT}/.locked"], cwd=REPOSITORY, check=True)
    with start() as started:
        yield started
        started.communicate()


def _without_fees(world: World) -> None:
    large_customer(world)
    world.create_invoice(amount=6_000, fees=fees(60))
    world.run()


def _customer_shortened(world: World) -> None:
    large_customer(world)
    world.create_invoice(amount=10_000, fees=fees(100))
    world.run()


def _nothing_owed(world: World) -> None:
    connect_with_customer(world)
    world.put_invoice_item(total_amount_cents=0)
    world.run()


def _without_a_customer_of_ours(world: World) -> None:
    world.connect()
    world.put_invoice_item(total_amount_cents=0, external_customer_id="unknown")
    world.run()


def _bounced_debit(world: World) -> None:
    world.connect()
    world.customer(payment_method="pm_usBankAccount_insufficientFunds")
    collected(world, currency="USD")
    world.pass_time(30 * DAY)
    world.run()


def _paid_by_hand(world: World) -> None:
    pay_by_hand(world, waiting_invoice(world))


CASES: dict[str, Callable[[World], object]] = {
    **{webhook_type.value: cause for webhook_type, cause in CAUSES.items()},
    "without its fees": _without_fees,
    "with its customer shortened": _customer_shortened,
    "with nothing owed": _nothing_owed,
    "without a customer": _without_a_customer_of_ours,
    "a debit that bounced": _bounced_debit,
    "a customer who must authenticate": unauthenticated_invoice,
    "an intent that waits for the customer": asked_for_action,
    "a payment by hand": _paid_by_hand,
}


def read(receiver: Receiver, body: str) -> list[Any]:
    """What the receiver understood. Fails with the client's own error if it could not read it."""
    assert receiver.stdin
    assert receiver.stdout
    receiver.stdin.write(f"{body}\n")
    receiver.stdin.flush()
    line = receiver.stdout.readline()
    assert line, receiver.communicate()[1]
    understood: list[Any] = json.loads(line)
    return understood


def test_every_type_has_a_case_and_a_model() -> None:
    assert MODELS.keys() == set(WebhookType)
    assert {webhook_type.value for webhook_type in WebhookType} <= CASES.keys()


@pytest.mark.parametrize("case", CASES)
def test_all_that_is_notified_of_a_case_is_read_by_the_clients_own_models(
    world: World, receiver: Receiver, case: str
) -> None:
    CASES[case](world)
    bodies = [message["Message"] for message in world.publish_new_notifications()]

    assert bodies
    for body in bodies:
        webhook_type, model, content = read(receiver, body)
        sent = json.loads(body)
        expected, name = MODELS[WebhookType(sent["webhook_type"])]
        assert (webhook_type, model) == (sent["webhook_type"], expected)
        assert content[name] == sent[sent["object_type"]][name]


@pytest.mark.usefixtures("receiver")
def test_it_would_notice_what_the_client_does_not_read() -> None:
    broken = {"webhook_type": "payment.succeeded", "object_type": "payment", "organization_id": "1", "payment": {}}

    with start() as another, pytest.raises(AssertionError, match="field required"):
        read(another, json.dumps(broken))
