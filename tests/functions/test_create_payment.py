"""create-payment: money that came outside of Stripe settles an invoice, or a part of it, and is not collected again."""

from typing import Any

import pytest
from builders.customers import pay_with
from builders.invoices import INVOICE_OF_EVENTS, failed_invoice_and_customer, waiting_invoice, waiting_invoice_of_events
from builders.payments import BEING_COLLECTED, pay_by_hand, retry
from builders.read import notification_bodies, stripe_statuses
from world.aws_calls import Moment
from world.world import World, load_event


def status_paid_and_due(world: World, invoice_id: str) -> tuple[str, int, int]:
    """The payment status, what is paid and what is owed."""
    found = world.invoice(invoice_id)
    return found["payment_status"], found["total_paid_amount_cents"], found["total_due_amount_cents"]


def test_an_invoice_that_waits_is_settled_and_never_collected(world: World) -> None:
    invoice_id = waiting_invoice(world)

    answer = pay_by_hand(world, invoice_id, paid_at="2026-11-20")

    assert (answer.status, answer.body["payment"]["type"]) == (200, "manual")
    assert answer.body["payment"]["created_at"] == "2026-11-20T00:00:00Z"
    assert status_paid_and_due(world, invoice_id) == ("succeeded", 4200, 0)
    world.customer()
    world.run()
    assert world.stripe_calls() == 0


def test_a_year_is_notified_with_four_digits(world: World) -> None:
    invoice_id = waiting_invoice(world)

    answer = pay_by_hand(world, invoice_id, paid_at="0013-05-28T09:25:31Z")

    assert answer.body["payment"]["created_at"] == "0013-05-28T09:25:31Z"


def test_a_failed_invoice_is_settled_and_its_attempt_is_closed_at_stripe(world: World) -> None:
    invoice_id, _ = failed_invoice_and_customer(world)

    pay_by_hand(world, invoice_id)

    world.pass_time(60)
    world.look_again()
    assert status_paid_and_due(world, invoice_id) == ("succeeded", 4200, 0)
    assert sorted(stripe_statuses(world, invoice_id)) == ["canceled", "succeeded"]
    assert not [item for item in world.items("invoices") if "due_at" in item]


def test_the_charge_takes_only_what_is_still_owed(world: World) -> None:
    invoice_id = waiting_invoice(world)
    pay_by_hand(world, invoice_id, 1200)
    assert status_paid_and_due(world, invoice_id) == ("pending", 1200, 3000)

    world.customer()
    world.run()

    assert status_paid_and_due(world, invoice_id) == ("succeeded", 4200, 0)
    assert world.charged() == [3000]


def test_a_retry_takes_only_what_is_still_owed(world: World) -> None:
    invoice_id, customer = failed_invoice_and_customer(world)
    pay_by_hand(world, invoice_id, 1200)
    assert status_paid_and_due(world, invoice_id) == ("failed", 1200, 3000)
    pay_with(world, customer)

    retry(world, invoice_id)
    world.collect_due()

    assert (status_paid_and_due(world, invoice_id), world.charged()) == (("succeeded", 4200, 0), [3000])


def test_it_is_notified_with_the_invoice_that_it_settles(world: World) -> None:
    invoice_id = waiting_invoice(world)

    pay_by_hand(world, invoice_id, 1200)
    pay_by_hand(world, invoice_id, 3000)

    payments = [body["payment"] for body in notification_bodies(world) if body["webhook_type"] == "payment.succeeded"]
    assert sorted(payment["amount_cents"] for payment in payments) == [1200, 3000]
    invoices = [
        body["invoice"]
        for body in notification_bodies(world)
        if body["webhook_type"] == "invoice.payment_status_updated"
    ]
    assert [invoice["payment_status"] for invoice in invoices] == ["succeeded"]


def test_it_is_found_and_listed_like_any_payment(world: World) -> None:
    invoice_id = waiting_invoice(world)

    lago_id = pay_by_hand(world, invoice_id).body["payment"]["lago_id"]

    assert world.api("GET", f"/api/v1/payments/{lago_id}").body["payment"]["reference"] == "transfer 8812"
    assert [payment["lago_id"] for payment in world.payments(invoice_id)] == [lago_id]
    assert [payment["lago_id"] for payment in world.api("GET", "/api/v1/payments").body["payments"]] == [lago_id]


def test_the_same_request_under_one_key_is_one_payment(world: World) -> None:
    invoice_id = waiting_invoice(world)

    first, second = (pay_by_hand(world, invoice_id, 1200, key="transfer-8812") for _ in range(2))

    assert first.body == second.body
    assert status_paid_and_due(world, invoice_id) == ("pending", 1200, 3000)
    assert pay_by_hand(world, invoice_id, 1300, key="transfer-8812").body["code"] == "idempotency_key_reused"


def test_while_an_attempt_is_on_its_way_nothing_is_recorded(world: World) -> None:
    world.connect()
    world.customer()
    invoice_id = world.create_invoice()

    answer = pay_by_hand(world, invoice_id)

    assert (answer.status, answer.body["code"]) == (405, BEING_COLLECTED)
    world.run()
    assert status_paid_and_due(world, invoice_id) == ("succeeded", 4200, 0)
    assert pay_by_hand(world, invoice_id).body["code"] == "invalid_status"


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"amount_cents": 4201}, "amount_cents", "value_is_out_of_range"),
        ({"amount_cents": 0}, "amount_cents", "value_is_invalid"),
        ({"amount_cents": "42"}, "amount_cents", "value_is_invalid"),
        ({"reference": ""}, "reference", "value_is_invalid"),
        ({"paid_at": "yesterday"}, "paid_at", "invalid_date"),
        ({"paid_at": 20261120}, "paid_at", "invalid_date"),
        ({"paid_at": "0001-01-01T00:00:00+23:59"}, "paid_at", "invalid_date"),
        ({"paid_at": "9999-12-31T23:59:59-23:59"}, "paid_at", "invalid_date"),
    ],
)
def test_what_is_not_acceptable_is_named(world: World, changes: dict[str, Any], field: str, code: str) -> None:
    answer = pay_by_hand(world, waiting_invoice(world), **({"amount": changes.pop("amount_cents", 4200)} | changes))

    assert (answer.status, answer.body["error_details"]) == (422, {field: [code]})


@pytest.mark.parametrize(
    ("currency", "total", "refused", "taken"), [("KWD", 10_000, 1234, 1230), ("ISK", 420_000, 50, 100)]
)
def test_a_part_that_leaves_a_rest_which_the_currency_does_not_have_is_refused(
    world: World, currency: str, total: int, refused: int, taken: int
) -> None:
    """Stripe would refuse to charge the rest."""
    invoice_id = waiting_invoice(world, amount=total, currency=currency)

    answer = pay_by_hand(world, invoice_id, refused)

    assert (answer.status, answer.body["error_details"]) == (422, {"amount_cents": ["amount_not_in_steps"]})
    assert world.payments(invoice_id) == []
    assert pay_by_hand(world, invoice_id, taken).status == 200
    world.customer()
    world.run()
    assert status_paid_and_due(world, invoice_id) == ("succeeded", total, 0)
    assert world.charged() == [total - taken]


def test_the_whole_of_a_rest_that_the_currency_does_not_have_is_taken(world: World) -> None:
    """As one that was left before such parts were refused: no charge can take it."""
    invoice_id = waiting_invoice(world, amount=10_000, currency="KWD")
    (item,) = world.items("invoices")
    world.put_item("invoices", item | {"total_paid_amount_cents": 1234})

    assert pay_by_hand(world, invoice_id, 8766).status == 200

    assert status_paid_and_due(world, invoice_id) == ("succeeded", 10_000, 0)


def test_an_unknown_invoice_is_not_found(world: World) -> None:
    assert pay_by_hand(world, "unknown").body["code"] == "invoice_not_found"


def replace_item_and_add_customer(world: World) -> None:
    """The application puts the same item over the invoice, whose customer has a payment method by now."""
    world.put_invoice_item()
    world.customer()
    world.invoke("invoice-created", world.stream_event(world.all_images("invoices")))


def test_what_was_paid_by_hand_is_not_owed_again_when_the_item_is_replaced(world: World) -> None:
    waiting_invoice_of_events(world)
    assert world.call("create-payment", load_event("create-payment")).status == 200

    replace_item_and_add_customer(world)

    assert status_paid_and_due(world, INVOICE_OF_EVENTS) == ("succeeded", 4200, 0)
    assert world.stripe_calls() == 0


@pytest.mark.parametrize(
    ("operation", "moment", "is_recorded"),
    [
        ("UpdateItem", Moment.BEFORE, False),
        ("UpdateItem", Moment.AFTER, False),
        ("TransactWriteItems", Moment.BEFORE, False),
        ("TransactWriteItems", Moment.AFTER, True),
    ],
)
def test_wherever_a_crash_comes_what_is_on_record_counts_once_when_the_item_is_replaced(
    world: World, operation: str, moment: Moment, is_recorded: bool
) -> None:
    """That a payment is to be recorded is noted before it is."""
    waiting_invoice_of_events(world)
    world.aws.crash(operation, moment)
    assert pay_by_hand(world, INVOICE_OF_EVENTS, 1000, key="first").status == 500
    if is_recorded:
        assert pay_by_hand(world, INVOICE_OF_EVENTS, 1000, key="first").status == 200

    replace_item_and_add_customer(world)

    assert status_paid_and_due(world, INVOICE_OF_EVENTS) == ("succeeded", 4200, 0)
    assert world.charged() == [3200 if is_recorded else 4200]
