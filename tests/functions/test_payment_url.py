"""payment_url: the customer pays on Stripe's page. The link is an attempt like any other: one way to pay at a time."""

import json
from typing import Any

import pytest
from builders.customers import DECLINED, pays_with, provider_customer_id, saved_method
from builders.due import look_a_minute_later
from builders.durations import DAY, MINUTE
from builders.invoices import collected, failed_invoice, replace_item, waiting_invoice
from builders.links import ask_for_link, pay_by_debit, pay_on_page, payment_url, sessions
from builders.payments import BEING_COLLECTED
from builders.read import payment_statuses, refusal
from builders.stripe_requests import CREATE_SESSION
from world.aws_calls import Moment
from world.world import SECRET_KEY, World, load_event

REFUSED_WHILE_COLLECTED = (405, BEING_COLLECTED)


def test_the_answer_is_lagos(world: World) -> None:
    invoice_id = failed_invoice(world)

    answer = ask_for_link(world, invoice_id)

    assert answer.status == 200
    assert answer.body == {
        "invoice_payment_details": {
            "lago_customer_id": world.api("GET", "/api/v1/customers/acme").body["customer"]["lago_id"],
            "external_customer_id": "acme",
            "payment_provider": "stripe",
            "lago_invoice_id": invoice_id,
            "payment_url": sessions(world)[0].url,
        }
    }


@pytest.mark.parametrize("given", [failed_invoice, waiting_invoice])
def test_what_the_customer_pays_there_settles_the_invoice(world: World, given: Any) -> None:
    invoice_id = given(world)
    payment_url(world, invoice_id)
    assert world.invoice(invoice_id)["payment_status"] == "pending"

    pay_on_page(world)
    world.run()

    invoice = world.invoice(invoice_id)
    assert (invoice["payment_status"], invoice["total_paid_amount_cents"]) == ("succeeded", 4200)
    assert payment_statuses(world, invoice_id)[0] == "succeeded"
    assert world.charged() == [4200]
    assert world.notified().count("payment.succeeded") == 1


def test_the_page_says_what_is_owed_and_keeps_the_card_for_later_charges(world: World) -> None:
    invoice_id = failed_invoice(world)
    world.api(
        "POST", "/api/v1/payments", {"payment": {"invoice_id": invoice_id, "amount_cents": 1200, "reference": "x"}}
    )

    payment_url(world, invoice_id)

    (page,) = sessions(world)
    items = world.stripe_client.v1.checkout.sessions.line_items.list(page.id).data
    assert [(item.description, item.amount_total) for item in items] == [(world.invoice(invoice_id)["number"], 3000)]
    pay_on_page(world)
    (intent,) = [one for one in world.stripe_client.v1.payment_intents.list().data if one.status == "succeeded"]
    assert intent.setup_future_usage == "off_session"
    assert intent.metadata["lago_invoice_id"] == invoice_id


def test_a_page_that_is_open_is_answered_with_again(world: World) -> None:
    invoice_id = failed_invoice(world)

    first, again = payment_url(world, invoice_id), payment_url(world, invoice_id)

    assert first == again
    assert world.stripe_calls(CREATE_SESSION) == 1


def test_while_the_page_is_open_nothing_is_charged(world: World) -> None:
    invoice_id = waiting_invoice(world)
    payment_url(world, invoice_id)
    saved_method(world, provider_customer_id(world), "pm_card_visa")

    look_a_minute_later(world, times=30)

    assert world.stripe_calls() == 0
    assert world.invoice(invoice_id)["payment_status"] == "pending"


def test_a_declined_try_on_the_page_is_no_failure_and_the_next_one_may_pay(world: World) -> None:
    invoice_id = failed_invoice(world)
    payment_url(world, invoice_id)

    with pytest.raises(Exception, match="declined"):
        pay_on_page(world, DECLINED)
    world.run()
    assert world.invoice(invoice_id)["payment_status"] == "pending"
    pay_on_page(world)
    world.run()

    assert world.invoice(invoice_id)["payment_status"] == "succeeded"
    assert world.charged() == [4200]


def test_a_payment_of_which_no_event_comes_is_found_by_the_schedule(world: World) -> None:
    invoice_id = failed_invoice(world)
    payment_url(world, invoice_id)
    pay_on_page(world)

    for _ in range(6):
        world.pass_time(MINUTE)
        world.hand_out_due()
        world.collect_due()

    assert world.invoice(invoice_id)["payment_status"] == "succeeded"


def test_a_page_that_nobody_used_ends_as_a_failed_attempt(world: World) -> None:
    invoice_id = failed_invoice(world, retry_schedule_days=[])
    payment_url(world, invoice_id)

    world.pass_time(DAY)
    look_a_minute_later(world, times=3)

    assert world.invoice(invoice_id)["payment_status"] == "failed"
    assert payment_statuses(world, invoice_id) == ["failed", "failed"]
    bodies = [json.loads(str(item["body"])) for item in world.items("notifications")]
    failures = [body["payment_provider_invoice_payment_error"] for body in bodies if "failure" in body["webhook_type"]]
    assert {one["provider_error"]["error_code"] for one in failures} == {"card_declined", "payment_link_expired"}


def test_a_page_that_expires_while_its_item_is_parked_is_notified_as_a_failed_attempt(world: World) -> None:
    invoice_id = failed_invoice(world, retry_schedule_days=[])
    payment_url(world, invoice_id)
    replace_item(world, lago_id=invoice_id, total_amount_cents="4200")

    world.pass_time(DAY + MINUTE)
    look_a_minute_later(world, times=3)

    assert payment_statuses(world, invoice_id) == ["failed", "failed"]
    types = [item["webhook_type"] for item in world.items("notifications")]
    assert types.count("invoice.payment_failure") == 2


def test_after_an_expired_page_there_is_a_new_one(world: World) -> None:
    invoice_id = failed_invoice(world)
    first = payment_url(world, invoice_id)
    world.pass_time(DAY + MINUTE)

    assert payment_url(world, invoice_id) != first

    pay_on_page(world)
    world.run()
    assert world.charged() == [4200]


def test_a_retry_expires_the_page_and_charges(world: World) -> None:
    invoice_id = waiting_invoice(world)
    payment_url(world, invoice_id)
    saved_method(world, provider_customer_id(world), "pm_card_visa")

    assert world.api("POST", f"/api/v1/invoices/{invoice_id}/retry_payment").status == 200
    world.collect_due()
    look_a_minute_later(world, times=3)

    assert sessions(world)[0].status == "expired"
    assert world.invoice(invoice_id)["payment_status"] == "succeeded"
    assert payment_statuses(world, invoice_id) == ["succeeded", "failed"]
    assert world.charged() == [4200]


def test_a_retry_finds_that_the_page_was_paid_a_moment_ago(world: World) -> None:
    invoice_id = failed_invoice(world)
    payment_url(world, invoice_id)
    pay_on_page(world)

    assert world.api("POST", f"/api/v1/invoices/{invoice_id}/retry_payment").status == 200
    world.collect_due()
    look_a_minute_later(world, times=3)

    assert world.invoice(invoice_id)["payment_status"] == "succeeded"
    assert world.charged() == [4200]


def test_a_page_is_expired_when_the_invoice_is_voided_or_settled_by_hand(world: World) -> None:
    voided = failed_invoice(world)
    paid = world.create_invoice()
    world.run()
    payment_url(world, voided)
    payment_url(world, paid)

    assert world.api("POST", f"/api/v1/invoices/{voided}/void").status == 200
    manual = {"payment": {"invoice_id": paid, "amount_cents": 4200, "reference": "transfer"}}
    assert world.api("POST", "/api/v1/payments", manual).status == 200
    look_a_minute_later(world, times=2)

    assert [session.status for session in sessions(world)] == ["expired", "expired"]
    assert world.notified().count("invoice.payment_failure") == 2
    assert world.invoice(paid)["payment_status"] == "succeeded"
    assert world.invoice(voided)["status"] == "voided"


@pytest.mark.parametrize(
    "change",
    [
        ("PUT", "/api/v1/invoices/{id}", {"invoice": {"payment_status": "failed"}}),
        ("POST", "/api/v1/payments", {"payment": {"invoice_id": "{id}", "amount_cents": 1, "reference": "x"}}),
    ],
)
def test_what_would_leave_the_page_wrong_is_refused_while_it_is_open(world: World, change: Any) -> None:
    invoice_id = failed_invoice(world)
    payment_url(world, invoice_id)
    method, path, body = change
    if "payment" in body:
        body = {"payment": {**body["payment"], "invoice_id": invoice_id}}

    assert refusal(world.api(method, path.replace("{id}", invoice_id), body)) == REFUSED_WHILE_COLLECTED


def test_while_an_attempt_is_on_its_way_there_is_no_page(world: World) -> None:
    world.connect()
    world.customer(payment_method="pm_usBankAccount_success")
    new = world.create_invoice(currency="USD")
    assert refusal(ask_for_link(world, new)) == REFUSED_WHILE_COLLECTED
    world.collect_new_invoices()

    assert refusal(ask_for_link(world, new)) == REFUSED_WHILE_COLLECTED

    assert world.stripe_calls(CREATE_SESSION) == 0


def test_an_attempt_that_was_confirmed_late_leaves_nothing_to_pay(world: World) -> None:
    invoice_id = failed_invoice(world)
    (intent,) = world.stripe_client.v1.payment_intents.list().data
    world.stripe_client.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})

    assert refusal(ask_for_link(world, invoice_id)) == (422, {"base": ["invalid_invoice_status_or_payment_status"]})

    assert world.invoice(invoice_id)["payment_status"] == "succeeded"
    assert world.stripe_calls(CREATE_SESSION) == 0


def test_who_cannot_pay_is_answered_with_lagos_codes(world: World) -> None:
    assert ask_for_link(world, "0a1b2c3d-0000-4000-8000-00000000ffff").status == 404
    world.connect()
    world.api("POST", "/api/v1/customers", {"customer": {"external_id": "plain"}})
    unlinked = world.create_invoice("plain")
    world.run()
    assert refusal(ask_for_link(world, unlinked)) == (422, {"base": ["no_linked_payment_provider"]})
    world.customer()
    paid = world.create_invoice()
    world.run()
    assert refusal(ask_for_link(world, paid)) == (422, {"base": ["invalid_invoice_status_or_payment_status"]})
    late = world.create_invoice()
    world.api("DELETE", "/api/v1/integrations/stripe/stripe")
    world.run()
    assert refusal(ask_for_link(world, late)) == (422, {"base": ["missing_payment_provider"]})


def test_a_page_that_stripe_refuses_is_a_failed_attempt(world: World) -> None:
    world.connect()
    world.customer(payment_method=None)
    invoice_id = world.create_invoice(amount=10)
    world.run()

    assert refusal(ask_for_link(world, invoice_id)) == (422, {"base": ["payment_provider_error"]})

    assert world.invoice(invoice_id)["payment_status"] == "failed"
    assert world.notified()[-2:] == ["invoice.payment_failure", "invoice.payment_status_updated"]


@pytest.mark.parametrize("fault", ["cut_before_commit", "cut_after_commit", "truncated_body"])
def test_a_page_whose_making_is_unknown_is_the_same_page_when_asked_for_again(world: World, fault: str) -> None:
    invoice_id = failed_invoice(world)
    world.stripe.control.add_fault(fault, method="POST", path="/v1/checkout/sessions", times=2)
    assert ask_for_link(world, invoice_id).status >= 500

    link = payment_url(world, invoice_id)

    (page,) = sessions(world)
    assert page.url == link
    assert len(world.payments(invoice_id)) == 2


@pytest.mark.parametrize("moment", Moment)
def test_a_crash_around_each_write_leaves_one_page(world: World, moment: Moment) -> None:
    invoice_id = failed_invoice(world)
    world.aws.crash("TransactWriteItems", moment)
    ask_for_link(world, invoice_id)

    payment_url(world, invoice_id)
    pay_on_page(world)
    world.run()

    assert len(sessions(world)) == 1
    assert world.charged() == [4200]


def test_a_charge_that_a_crash_kept_from_being_written_is_found_before_a_page_is_made(world: World) -> None:
    world.connect()
    customer = world.customer()
    invoice_id = world.create_invoice()
    world.stripe.control.disrupt_webhooks(
        "drop", count=None, types=["payment_intent.succeeded", "payment_intent.created"]
    )
    new = world.new_images("invoices")
    world.aws.crash("TransactWriteItems", Moment.BEFORE)
    world.invoke("invoice-created", world.stream_event(new))
    (method,) = world.stripe_client.v1.customers.payment_methods.list(customer).data
    world.stripe_client.v1.payment_methods.detach(method.id)
    world.deliver_stripe_events()
    world.pass_time(2 * DAY)
    world.invoke("invoice-created", world.stream_event(new))
    assert world.invoice(invoice_id)["payment_status"] == "pending"

    assert refusal(ask_for_link(world, invoice_id)) == (422, {"base": ["invalid_invoice_status_or_payment_status"]})

    assert world.invoice(invoice_id)["payment_status"] == "succeeded"
    assert world.charged() == [4200]
    assert world.stripe_calls(CREATE_SESSION) == 0


@pytest.mark.parametrize("given", [failed_invoice, waiting_invoice])
def test_of_two_who_ask_at_once_both_get_the_same_page(world: World, given: Any) -> None:
    invoice_id = given(world)
    others: list[str] = []
    world.aws.meanwhile("TransactWriteItems", lambda: others.append(payment_url(world, invoice_id)))

    mine = payment_url(world, invoice_id)

    assert others == [mine]
    assert len(sessions(world)) == 1


@pytest.mark.parametrize("given", [failed_invoice, waiting_invoice])
def test_a_page_that_was_never_made_ends_as_a_failed_attempt_when_nobody_asks_again(world: World, given: Any) -> None:
    invoice_id = given(world)
    world.stripe.control.add_fault("cut_before_commit", method="POST", path="/v1/checkout/sessions", times=2)
    assert ask_for_link(world, invoice_id).status >= 500

    look_a_minute_later(world, times=5)
    assert world.invoice(invoice_id)["payment_status"] == "pending"
    look_a_minute_later(world, times=25)

    assert world.invoice(invoice_id)["payment_status"] == "failed"
    assert sessions(world) == []


def invoice_with_page_for_debits(world: World) -> str:
    """A failed invoice of a customer who may pay by bank debit, with an open page."""
    world.connect()
    world.customer(payment_method=DECLINED)
    pays_with(world, "card", "us_bank_account")
    invoice_id = collected(world, currency="USD")
    payment_url(world, invoice_id)
    return invoice_id


def test_a_debit_on_the_page_is_on_its_way_for_days(world: World) -> None:
    invoice_id = invoice_with_page_for_debits(world)

    pay_by_debit(world, "success")

    assert payment_statuses(world, invoice_id)[0] == "processing"
    assert refusal(ask_for_link(world, invoice_id)) == REFUSED_WHILE_COLLECTED
    world.pass_time(4 * DAY)
    world.run()
    assert world.invoice(invoice_id)["payment_status"] == "succeeded"


def test_after_a_debit_that_failed_there_is_a_new_page(world: World) -> None:
    invoice_id = invoice_with_page_for_debits(world)
    pay_by_debit(world, "insufficientFunds")
    world.pass_time(4 * DAY)
    world.run()
    assert world.invoice(invoice_id)["payment_status"] == "failed"

    payment_url(world, invoice_id)
    pay_on_page(world)
    world.run()

    assert world.invoice(invoice_id)["payment_status"] == "succeeded"
    assert world.charged() == [4200]


def test_a_debit_of_an_invoice_that_is_voided_meanwhile_is_recorded_though_no_event_comes(world: World) -> None:
    invoice_id = invoice_with_page_for_debits(world)
    world.stripe.control.set_settlement_delay(3 * DAY)
    world.stripe.control.complete_checkout(sessions(world)[0].id, "pm_usBankAccount_success")
    assert world.api("POST", f"/api/v1/invoices/{invoice_id}/void").status == 200
    look_a_minute_later(world)
    world.stripe.control.disrupt_webhooks("drop", count=None)

    for _ in range(10):
        world.pass_time(DAY)
        look_a_minute_later(world)

    assert world.invoice(invoice_id)["total_paid_amount_cents"] == 4200


def test_an_open_page_is_expired_when_the_item_is_replaced_and_nothing_is_owed_any_more(world: World) -> None:
    invoice_id = failed_invoice(world)
    payment_url(world, invoice_id)

    world.put_invoice_item(lago_id=invoice_id, total_amount_cents=0)
    world.invoke("invoice-created", world.stream_event(world.all_images("invoices")))
    look_a_minute_later(world, times=2)

    assert sessions(world)[0].status == "expired"


def test_while_the_integration_is_paused_no_link_begins(world: World) -> None:
    invoice_id = waiting_invoice(world)
    world.stripe.control.expire_key(SECRET_KEY)
    world.api("POST", "/api/v1/customers/acme/checkout_url")

    assert ask_for_link(world, invoice_id).status == 422

    assert world.payments(invoice_id) == []


def test_an_item_that_is_replaced_finds_its_open_page(world: World) -> None:
    invoice_id = failed_invoice(world)
    link = payment_url(world, invoice_id)
    world.put_invoice_item(lago_id=invoice_id)
    world.invoke("invoice-created", world.stream_event(world.all_images("invoices")))

    assert payment_url(world, invoice_id) == link

    pay_on_page(world)
    world.run()
    assert world.charged() == [4200]


def test_a_refused_key_pauses_the_integration(world: World) -> None:
    invoice_id = failed_invoice(world)
    world.stripe.control.expire_key(SECRET_KEY)

    assert ask_for_link(world, invoice_id).status == 422

    assert world.api("GET", "/api/v1/integrations/stripe/stripe").body["integration"]["needs_attention_since"]


def test_api_gateways_event_is_answered(world: World) -> None:
    event = load_event("checkout-customer-payment-url")
    world.connect()
    world.customer(payment_method=None)
    world.put_invoice_item(lago_id=event["pathParameters"]["lago_id"])
    world.run()

    assert world.call("checkout-customer", event).status == 200
