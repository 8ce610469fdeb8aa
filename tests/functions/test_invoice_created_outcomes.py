"""invoice-created: what Stripe says of a payment, and what it does not say."""

from collections.abc import Mapping
from typing import Any

import pytest
from builders.accounts import connect_restricted, connect_with_customer
from builders.customers import UNAUTHENTICATED, pays_with
from builders.debits import create_sepa_debit
from builders.durations import DAY, HOUR, MINUTE
from builders.read import intents, payment_statuses
from builders.stripe_requests import CREATE_INTENT, FIRST_TRY_AND_THE_LIBRARYS_OWN_RETRY, LIST_INTENTS
from sandbox.stripe.declines import DECLINES
from world.world import SECRET_KEY, World


def new_invoice(world: World, **invoice: Any) -> str:
    """An invoice whose customer has a method and an account."""
    connect_with_customer(world)
    return world.create_invoice(**invoice)


def method_of_acme(world: World) -> str:
    (customer,) = world.items("customers")
    return str(customer["payment_method_id"])


def only_intent(world: World) -> Any:
    (intent,) = intents(world)
    return intent


def test_a_success_pays_the_invoice_and_is_notified(world: World) -> None:
    invoice_id = new_invoice(world, amount=4200)

    world.collect_new_invoices()

    invoice = world.invoice(invoice_id)
    assert invoice["payment_status"] == "succeeded"
    assert (invoice["total_paid_amount_cents"], invoice["total_due_amount_cents"]) == (4200, 0)
    assert world.payments(invoice_id)[0]["provider_payment_id"] == only_intent(world).id
    assert world.notification("payment.succeeded")["payment"]["lago_payable_id"] == invoice_id
    assert world.notification("invoice.payment_status_updated")["invoice"]["payment_status"] == "succeeded"


def test_the_intent_carries_the_invoice_and_is_confirmed_off_session(world: World) -> None:
    invoice_id = new_invoice(world, amount=4200, number="ACM-1")

    world.collect_new_invoices()

    intent = only_intent(world)
    (payment,) = world.payments(invoice_id)
    assert (intent.amount, intent.currency) == (4200, "eur")
    assert intent.description == "Acme Billing - Invoice ACM-1"
    assert intent.payment_method == method_of_acme(world)
    assert intent.metadata.to_dict() == {
        "lago_invoice_id": invoice_id,
        "lago_customer_id": payment["lago_customer_id"],
        "lago_organization_id": world.notification("payment.succeeded")["organization_id"],
        "lago_payment_id": payment["lago_id"],
        "lago_payable_id": invoice_id,
        "lago_payable_type": "Invoice",
        "invoice_issuing_date": "2026-11-23",
        "invoice_type": "one_off",
        "paystream_attempt": "1",
    }
    (call,) = [call for call in world.stripe.control.calls() if call.endpoint == CREATE_INTENT]
    assert call.idempotency_key == payment["lago_id"]


def test_a_card_charge_shows_the_number_and_what_the_lines_come_to(world: World) -> None:
    fees = [{"add_on_code": "setup", "units": "2", "unit_amount_cents": 2100, "name": "Setup"}]
    new_invoice(world, amount=4200, number="ACM-0042-003", fees=fees)

    world.collect_new_invoices()

    intent = only_intent(world)
    assert intent.status == "succeeded"
    assert intent.payment_details.order_reference == "ACM0042003"
    assert intent.statement_descriptor_suffix == "M-0042-003"
    assert "error" not in intent.amount_details.to_dict()


def test_what_only_cards_know_is_not_sent_where_something_else_may_be_charged(world: World) -> None:
    connect_with_customer(world)
    pays_with(world, "card", "sepa_debit")
    world.create_invoice(number="ACM-0042-003")

    world.collect_new_invoices()

    intent = only_intent(world)
    assert intent.status == "succeeded"
    assert intent.statement_descriptor_suffix is None
    assert "payment_details" not in intent.to_dict()


@pytest.mark.parametrize("reason", DECLINES)
def test_a_decline_fails_the_invoice_and_keeps_stripes_codes(world: World, reason: str) -> None:
    invoice_id = new_invoice(world)
    world.stripe.control.set_outcome(method_of_acme(world), reason)

    failed = world.collect_new_invoices()

    assert failed == []
    assert world.invoice(invoice_id)["payment_status"] == "failed"
    (payment,) = world.payments(invoice_id)
    intent = only_intent(world)
    decline = intent.last_payment_error.to_dict()
    assert (payment["status"], payment["payment_status"]) == ("requires_payment_method", "failed")
    assert payment["provider_payment_id"] == intent.id
    assert payment["error_code"] == decline["code"]
    assert payment["decline_code"] == decline.get("decline_code")
    assert payment["advice_code"] == decline.get("advice_code")


@pytest.mark.parametrize("reason", DECLINES)
def test_a_decline_is_notified_with_stripes_codes(world: World, reason: str) -> None:
    invoice_id = new_invoice(world)
    world.stripe.control.set_outcome(method_of_acme(world), reason)

    world.collect_new_invoices()

    intent = only_intent(world)
    decline = intent.last_payment_error.to_dict()
    abandoned = ["invoice.payment_abandoned"] if reason in ("lost_card", "stolen_card", "fraudulent") else []
    assert world.notified() == [*abandoned, "invoice.payment_failure", "invoice.payment_status_updated"]
    notified = world.notification("invoice.payment_failure")["payment_provider_invoice_payment_error"]
    assert notified["lago_invoice_id"] == invoice_id
    assert notified["provider_error"] == {"message": decline["message"], "error_code": decline["code"]}
    assert notified["error_details"]["decline_code"] == decline.get("decline_code")
    assert notified["error_details"]["payment_intent_id"] == intent.id
    assert notified["error_details"]["http_status"] == 402
    assert notified["error_details"]["request_id"].startswith("req_")


def test_a_card_that_asks_for_authentication_fails_the_invoice_with_that_code(world: World) -> None:
    world.connect()
    world.customer(payment_method=UNAUTHENTICATED)
    invoice_id = world.create_invoice()

    world.collect_new_invoices()

    assert world.invoice(invoice_id)["payment_status"] == "failed"
    assert world.payments(invoice_id)[0]["error_code"] == "authentication_required"
    assert world.notified() == ["invoice.payment_failure", "invoice.payment_status_updated"]


@pytest.mark.parametrize(
    ("amount", "currency", "code"), [(10, "EUR", "amount_too_small"), (100_000_000, "EUR", "amount_too_large")]
)
def test_an_amount_that_stripe_does_not_charge_fails_the_invoice_without_an_intent(
    world: World, amount: int, currency: str, code: str
) -> None:
    invoice_id = new_invoice(world, amount=amount, currency=currency)

    world.collect_new_invoices()

    assert world.invoice(invoice_id)["payment_status"] == "failed"
    (payment,) = world.payments(invoice_id)
    assert (payment["status"], payment["error_code"], payment["provider_payment_id"]) == ("failed", code, None)
    assert world.notified() == [
        "invoice.payment_abandoned",
        "invoice.payment_failure",
        "invoice.payment_status_updated",
    ]


def test_an_amount_below_the_minimum_of_the_accounts_own_currency_is_not_sent(world: World) -> None:
    invoice_id = new_invoice(world, amount=49, currency="USD")

    world.collect_new_invoices()

    (payment,) = world.payments(invoice_id)
    assert (payment["status"], payment["error_code"], payment["provider_payment_id"]) == (
        "failed",
        "amount_too_small",
        None,
    )
    notified = world.notification("invoice.payment_failure")["payment_provider_invoice_payment_error"]
    assert (notified["will_retry"], notified["retry"]) == (False, "never")
    assert "minimum of 50 in USD" in notified["provider_error"]["message"]
    assert world.stripe_calls() == 0


def test_the_least_amount_of_the_accounts_own_currency_is_charged(world: World) -> None:
    invoice_id = new_invoice(world, amount=50, currency="USD")

    world.collect_new_invoices()

    assert world.invoice(invoice_id)["payment_status"] == "succeeded"


def test_an_attempt_that_may_have_been_sent_is_looked_up_before_its_amount_is_refused(world: World) -> None:
    """Not before a function can have ended that saw the customer as it was before."""
    world.connect()
    invoice_id = world.put_invoice_item(currency="USD", total_amount_cents=10)
    world.collect_new_invoices()
    world.pass_time(25 * HOUR)

    world.customer()
    world.run()
    assert (world.stripe_calls(LIST_INTENTS), world.invoice(invoice_id)["payment_status"]) == (0, "pending")
    world.pass_time(11 * MINUTE)
    world.look_again()

    assert (world.stripe_calls(LIST_INTENTS), world.stripe_calls()) == (1, 0)
    assert world.payments(invoice_id)[0]["error_code"] == "amount_too_small"


def test_a_customer_who_is_gone_from_stripe_fails_nothing(world: World) -> None:
    world.connect()
    provider_customer_id = world.customer()
    invoice_id = world.create_invoice()
    world.stripe_client.v1.customers.delete(provider_customer_id)

    world.collect_new_invoices()

    assert world.invoice(invoice_id)["payment_status"] == "pending"
    assert payment_statuses(world, invoice_id) == ["pending"]
    assert "invoice.payment_failure" not in world.notified()


def test_a_bank_debit_stays_pending_until_it_settles(world: World) -> None:
    world.connect()
    world.customer(payment_method=create_sepa_debit(world))
    pays_with(world, "sepa_debit")
    invoice_id = world.create_invoice()

    event = world.stream_event(world.new_images("invoices"))

    for _ in range(2):
        assert world.invoke("invoice-created", event) == {"batchItemFailures": []}

    assert world.stripe_calls() == 1
    assert world.invoice(invoice_id)["payment_status"] == "pending"
    assert world.payments(invoice_id)[0]["payment_status"] == "processing"
    assert world.notified() == []
    world.pass_time(14 * DAY)
    world.run()
    assert world.invoice(invoice_id)["payment_status"] == "succeeded"
    assert world.notified() == ["invoice.payment_status_updated", "payment.succeeded"]


def test_an_intent_that_is_found_asking_for_action_is_notified_and_stays_pending(world: World) -> None:
    """Off session none is ever made so: this one was confirmed by hand, and found when the key was too old to use."""
    invoice_id = new_invoice(world)
    image = world.new_images("invoices")
    event = world.stream_event(image)
    world.stripe.control.add_fault("cut_before_commit", path="/v1/payment_intents", times=2)
    world.invoke("invoice-created", event)
    (payment,) = world.payments(invoice_id)
    by_hand = world.stripe_client.v1.payment_intents.create(
        {
            "amount": 4200,
            "currency": "eur",
            "customer": payment["provider_customer_id"],
            "payment_method": world.stripe_client.v1.payment_methods.attach(
                "pm_card_threeDSecure2Required", {"customer": payment["provider_customer_id"]}
            ).id,
            "confirm": True,
            "return_url": "https://acme.test",
            "metadata": {"lago_payment_id": payment["lago_id"]},
        }
    )
    world.pass_time(25 * HOUR)

    world.invoke("invoice-created", event)

    assert world.invoice(invoice_id)["payment_status"] == "pending"
    (payment,) = world.payments(invoice_id)
    assert (payment["status"], payment["provider_payment_id"]) == ("requires_action", by_hand.id)
    assert payment["next_action"]["type"] == "redirect_to_url"
    assert world.notified() == ["payment.requires_action"]


@pytest.mark.parametrize("fault", ["500_before_commit", "cut_before_commit", "hang", "hold"])
def test_an_unknown_outcome_leaves_the_invoice_pending_due_and_reported(world: World, fault: str) -> None:
    invoice_id = new_invoice(world)
    world.stripe.control.add_fault(fault, path="/v1/payment_intents", times=FIRST_TRY_AND_THE_LIBRARYS_OWN_RETRY)

    failed = world.collect_new_invoices()

    assert len(failed) == 1
    assert world.invoice(invoice_id)["payment_status"] == "pending"
    assert world.payments(invoice_id)[0]["payment_status"] == "pending"
    assert world.notified() == []
    (stored,) = world.items("invoices")
    assert stored["due_at"].startswith("2026-11-23T10:05:00.")


@pytest.mark.parametrize("fault", ["cut_after_commit", "truncated_body", "cut_before_commit"])
def test_an_unknown_outcome_is_known_when_the_record_is_delivered_again(world: World, fault: str) -> None:
    invoice_id = new_invoice(world)
    event = world.stream_event(world.new_images("invoices"))
    world.stripe.control.add_fault(fault, path="/v1/payment_intents", times=FIRST_TRY_AND_THE_LIBRARYS_OWN_RETRY)

    answers = [world.invoke("invoice-created", event)["batchItemFailures"] for _ in range(3)]

    assert len(answers[0]) == 1
    assert answers[-1] == []
    assert world.invoice(invoice_id)["payment_status"] == "succeeded"
    assert world.charged() == [4200]
    assert world.notified() == ["invoice.payment_status_updated", "payment.succeeded"]


def test_a_saved_500_is_looked_up_after_a_few_tries(world: World) -> None:
    invoice_id = new_invoice(world)
    event = world.stream_event(world.new_images("invoices"))
    world.stripe.control.add_fault("500_after_commit", path="/v1/payment_intents")

    answers = [len(world.invoke("invoice-created", event)["batchItemFailures"]) for _ in range(4)]

    assert answers == [1, 1, 1, 0]
    assert world.invoice(invoice_id)["payment_status"] == "succeeded"
    assert world.charged() == [4200]
    assert world.notified() == ["invoice.payment_status_updated", "payment.succeeded"]


def test_a_decline_that_is_looked_up_keeps_its_codes(world: World) -> None:
    invoice_id = new_invoice(world)
    world.stripe.control.set_outcome(method_of_acme(world), "insufficient_funds")
    event = world.stream_event(world.new_images("invoices"))
    world.stripe.control.add_fault("cut_after_commit", method="POST", path="/v1/payment_intents", times=8)
    for _ in range(4):
        world.invoke("invoice-created", event)

    assert world.invoice(invoice_id)["payment_status"] == "failed"
    assert world.payments(invoice_id)[0]["decline_code"] == "insufficient_funds"


def test_a_saved_500_that_charged_nothing_is_collected_once_stripe_has_forgotten_it(world: World) -> None:
    invoice_id = new_invoice(world)
    event = world.stream_event(world.new_images("invoices"))
    world.stripe.control.add_fault("500_before_commit", path="/v1/payment_intents")
    for _ in range(5):
        assert len(world.invoke("invoice-created", event)["batchItemFailures"]) == 1
    world.pass_time(DAY)

    assert world.invoke("invoice-created", event)["batchItemFailures"] == []

    assert world.invoice(invoice_id)["payment_status"] == "succeeded"
    assert world.charged() == [4200]


def revoked(world: World) -> None:
    world.stripe.control.expire_key(SECRET_KEY)


def restricted(world: World) -> None:
    connect_restricted(world, "rak_payment_intent_write")


@pytest.mark.parametrize(
    ("spoil", "message"),
    [(revoked, "Stripe does not accept the key"), (restricted, "the key lacks a permission")],
)
def test_a_key_that_is_refused_never_fails_an_invoice_and_is_notified_once(
    world: World, spoil: Any, message: str
) -> None:
    invoice_id = new_invoice(world)
    event = world.stream_event(world.new_images("invoices"))
    spoil(world)

    answers = [world.invoke("invoice-created", event)["batchItemFailures"] for _ in range(2)]

    assert answers == [[], []]
    assert world.stripe_calls() == 1
    assert world.invoice(invoice_id)["payment_status"] == "pending"
    assert world.notified() == ["payment_provider.error"]
    error: Mapping[str, Any] = world.notification("payment_provider.error")["payment_provider_error"]
    assert error["action"] == "payment_intent.create"
    assert error["provider_error"]["message"].startswith(message)


def test_a_new_key_collects_what_the_old_one_could_not(world: World) -> None:
    invoice_id = new_invoice(world)
    event = world.stream_event(world.new_images("invoices"))
    revoked(world)
    world.invoke("invoice-created", event)
    world.connect(secret_key=world.stripe.control.add_key(world.account.id))

    assert world.invoke("invoice-created", event)["batchItemFailures"] == []

    assert world.invoice(invoice_id)["payment_status"] == "succeeded"
