"""retry_payment: a failed invoice gets a new attempt, and never a second charge."""

import json
from typing import Any

import pytest
from builders.accounts import charged_there, connect_other_account, disconnect_at_once
from builders.customers import (
    DECLINED,
    customer_who_pays_with,
    link_to_account,
    pay_with,
    saved_method,
    stripe_customer_with_a_card,
)
from builders.durations import DAY, HOUR, MINUTE
from builders.invoices import collected, failed_invoice_and_customer
from builders.payments import BEING_COLLECTED, retry
from builders.read import intents, notification_bodies, stripe_statuses
from builders.stripe_requests import CANCEL_INTENT, LIST_INTENTS
from world.world import SECRET_KEY, World

MORE_THAN_A_DAY = 25 * HOUR


def test_a_failed_invoice_is_collected_by_a_new_attempt_with_todays_card(world: World) -> None:
    invoice_id, customer = failed_invoice_and_customer(world)
    pay_with(world, customer)

    assert retry(world, invoice_id) == (200, None)
    world.collect_due()

    assert world.invoice(invoice_id)["payment_status"] == "succeeded"
    assert stripe_statuses(world, invoice_id) == ["succeeded", "canceled"]
    assert world.charged() == [4200]


def test_the_attempt_before_is_closed_at_stripe_before_the_next_one_is_sent(world: World) -> None:
    invoice_id, customer = failed_invoice_and_customer(world)
    pay_with(world, customer)

    retry(world, invoice_id)
    world.collect_due()

    first, second = sorted(world.stripe_client.v1.payment_intents.list().data, key=lambda intent: intent.created)
    assert {first.status, second.status} == {"canceled", "succeeded"}
    assert (world.stripe_calls(CANCEL_INTENT), world.stripe_calls()) == (1, 2)


def failures_that_say(world: World, code: str) -> int:
    """How many failures were notified with this code."""
    failures = [one for one in notification_bodies(world) if one["webhook_type"] == "invoice.payment_failure"]
    return sum(code in json.dumps(one) for one in failures)


def test_a_new_attempt_notifies_that_the_invoice_is_pending_and_how_it_ends(world: World) -> None:
    invoice_id, customer = failed_invoice_and_customer(world)
    pay_with(world, customer)

    retry(world, invoice_id)
    world.collect_due()

    invoices = [
        body["invoice"]
        for body in notification_bodies(world)
        if body["webhook_type"] == "invoice.payment_status_updated"
    ]
    assert sorted(invoice["payment_status"] for invoice in invoices) == ["failed", "pending", "succeeded"]


def test_a_method_can_be_chosen_for_one_attempt(world: World) -> None:
    invoice_id, customer = failed_invoice_and_customer(world)
    chosen = saved_method(world, customer, "pm_card_visa")
    before = world.api("GET", "/api/v1/customers/acme").body

    body = {"payment_method": {"payment_method_type": "provider", "payment_method_id": chosen}}
    assert retry(world, invoice_id, body) == (200, None)
    world.collect_due()

    assert world.invoice(invoice_id)["payment_status"] == "succeeded"
    assert world.api("GET", "/api/v1/customers/acme").body == before
    other = world.create_invoice(amount=100)
    world.run()
    assert world.invoice(other)["payment_status"] == "failed"


def test_a_chosen_method_that_the_customer_has_no_more_charges_nothing(world: World) -> None:
    invoice_id, customer = failed_invoice_and_customer(world)
    chosen = saved_method(world, customer, "pm_card_visa")
    body = {"payment_method": {"payment_method_id": chosen}}
    retry(world, invoice_id, body)
    for method in world.stripe_client.v1.customers.payment_methods.list(customer).data:
        world.stripe_client.v1.payment_methods.detach(method.id)

    world.collect_due()

    assert world.charged() == []
    assert world.invoice(invoice_id)["payment_status"] == "failed"
    assert "payment_method_not_found" in json.dumps(notification_bodies(world))


@pytest.mark.parametrize("knows", ["the event arrives", "the event is lost"])
def test_where_the_customer_is_deleted_after_a_method_was_chosen_that_is_notified_once_and_the_plan_ends(
    world: World, knows: str
) -> None:
    invoice_id, customer = failed_invoice_and_customer(world)
    chosen = saved_method(world, customer, "pm_card_visa")
    retry(world, invoice_id, {"payment_method": {"payment_method_id": chosen}})
    world.stripe_client.v1.customers.delete(customer)
    deliveries = world.stripe.due_deliveries()
    if knows == "the event arrives":
        assert {world.deliver(delivery) for delivery in deliveries} == {200}

    assert world.collect_due() == 0
    for _ in range(10):
        world.pass_time(DAY)
        assert world.look_again() == 0

    assert failures_that_say(world, "payment_method_not_found") == 1
    assert world.invoice(invoice_id)["next_retry_at"] is None
    assert [one.status for one in intents(world)] == ["canceled"]
    assert world.charged() == []


def test_where_the_customer_is_deleted_after_a_voucher_gave_way_to_a_chosen_method_the_voucher_is_closed_all_the_same(
    world: World,
) -> None:
    """The method was chosen while the customer had to act: that is superseded first."""
    world.connect()
    customer = customer_who_pays_with(world, "boleto", payment_method="pm_boleto_success")
    world.stripe.control.set_settlement_delay(5 * DAY)
    invoice_id = collected(world, currency="BRL")
    chosen = saved_method(world, customer, "pm_boleto_success")
    assert retry(world, invoice_id, {"payment_method": {"payment_method_id": chosen}}) == (200, None)
    world.stripe_client.v1.customers.delete(customer)
    world.stripe.due_deliveries()

    for _ in range(3):
        assert world.collect_due() == 0
        world.pass_time(DAY)
        world.hand_out_due()

    assert [one.status for one in intents(world)] == ["canceled"]
    assert world.invoice(invoice_id)["payment_status"] == "failed"
    assert failures_that_say(world, "payment_method_not_found") == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"payment_method": {"payment_method_type": "manual", "payment_method_id": "x"}},
        {"payment_method": {"payment_method_type": "cash"}},
        {"payment_method": "pm_1"},
    ],
    ids=str,
)
def test_a_choice_that_cannot_be_read_is_refused(world: World, wrong: Any) -> None:
    invoice_id, _ = failed_invoice_and_customer(world)

    assert retry(world, invoice_id, wrong) == (422, "validation_errors")


def test_for_an_invoice_that_waits_no_method_can_be_chosen(world: World) -> None:
    world.connect()
    world.customer(payment_method=None)
    invoice_id = world.create_invoice()
    world.run()

    assert retry(world, invoice_id, {"payment_method": {"payment_method_id": "x"}}) == (405, "invalid_status")


def test_a_declined_attempt_is_notified_with_its_number_each_time(world: World) -> None:
    invoice_id, _ = failed_invoice_and_customer(world)

    for _ in range(2):
        assert retry(world, invoice_id) == (200, None)
        world.collect_due()

    assert world.invoice(invoice_id)["payment_status"] == "failed"
    failures = [
        body["payment_provider_invoice_payment_error"]["attempt"]
        for body in notification_bodies(world)
        if body["webhook_type"] == "invoice.payment_failure"
    ]
    assert sorted(failures) == [1, 2, 3]
    assert stripe_statuses(world, invoice_id) == ["requires_payment_method", "canceled", "canceled"]


def test_a_retry_that_is_asked_for_twice_is_one_attempt(world: World) -> None:
    invoice_id, customer = failed_invoice_and_customer(world)
    pay_with(world, customer)

    assert [retry(world, invoice_id), retry(world, invoice_id)] == [(200, None)] * 2
    world.collect_due()

    assert world.stripe_calls() == 2
    assert world.charged() == [4200]


def test_who_comes_second_leaves_the_attempt_that_has_begun_as_it_is(world: World) -> None:
    invoice_id, customer = failed_invoice_and_customer(world)
    pay_with(world, customer)
    retry(world, invoice_id)
    (message,) = world.take(world.due_queue_url)
    event = {"Records": [{"messageId": "1", "body": message}]}
    world.aws.meanwhile("TransactWriteItems", lambda: world.invoke("collect-due", event))

    world.invoke("collect-due", event)

    assert not world.aws.are_still_to_come
    assert world.invoice(invoice_id)["payment_status"] == "succeeded"
    assert world.charged() == [4200]


def test_a_retry_whose_message_is_lost_is_done_by_the_schedule(world: World) -> None:
    invoice_id, customer = failed_invoice_and_customer(world)
    pay_with(world, customer)
    retry(world, invoice_id)
    world.lose_messages()

    world.pass_time(MINUTE)
    world.look_again()

    assert world.invoice(invoice_id)["payment_status"] == "succeeded"


def test_a_payment_that_has_succeeded_after_all_is_recorded_and_not_charged_again(world: World) -> None:
    invoice_id, customer = failed_invoice_and_customer(world)
    (intent,) = world.stripe_client.v1.payment_intents.list().data
    card = world.stripe_client.v1.payment_methods.attach("pm_card_visa", {"customer": customer})
    world.stripe_client.v1.payment_intents.confirm(intent.id, {"payment_method": card.id})

    assert retry(world, invoice_id) == (200, None)
    world.collect_due()

    assert world.invoice(invoice_id)["payment_status"] == "succeeded"
    assert (len(world.payments(invoice_id)), world.charged()) == (1, [4200])


def test_stripes_event_about_the_closed_attempt_changes_nothing_of_the_new_one(world: World) -> None:
    invoice_id, customer = failed_invoice_and_customer(world)
    pay_with(world, customer)
    retry(world, invoice_id)
    world.collect_due()

    world.run()

    assert world.invoice(invoice_id)["payment_status"] == "succeeded"
    assert stripe_statuses(world, invoice_id) == ["succeeded", "canceled"]
    assert world.notified().count("invoice.payment_failure") == 1


@pytest.mark.parametrize("crash", ["cancel", "create"])
def test_a_retry_that_loses_stripes_answer_goes_on_later_and_charges_once(world: World, crash: str) -> None:
    invoice_id, customer = failed_invoice_and_customer(world)
    pay_with(world, customer)
    path = "/v1/payment_intents/*/cancel" if crash == "cancel" else "/v1/payment_intents"
    world.stripe.control.add_fault("cut_after_commit", method="POST", path=path, times=4)
    retry(world, invoice_id)
    world.collect_due()
    world.stripe.control.clear_faults()
    world.lose_messages()

    world.pass_time(MORE_THAN_A_DAY)
    world.look_again()

    assert world.invoice(invoice_id)["payment_status"] == "succeeded"
    assert world.charged() == [4200]


class TestARefusalWithoutAnIntent:
    """Stripe keeps no such answer under the key, so a function that is still at work could charge under it."""

    def refused_invoice(self, world: World) -> tuple[str, str]:
        world.connect()
        customer = world.customer()
        (method,) = world.stripe_client.v1.customers.payment_methods.list(customer).data
        world.stripe_client.v1.payment_methods.detach(method.id)
        invoice_id = world.create_invoice()
        world.collect_new_invoices()
        assert world.payments(invoice_id)[0]["provider_payment_id"] is None
        pay_with(world, customer)
        return invoice_id, customer

    def test_is_outwaited_and_looked_up_before_the_next_attempt(self, world: World) -> None:
        invoice_id, _ = self.refused_invoice(world)
        assert retry(world, invoice_id) == (200, None)
        world.collect_due()
        assert world.invoice(invoice_id)["payment_status"] == "failed"

        world.pass_time(10 * MINUTE + 1)
        world.look_again()

        assert world.invoice(invoice_id)["payment_status"] == "succeeded"
        its_own_and_all_that_bears_the_name = 2
        assert world.stripe_calls(LIST_INTENTS) == its_own_and_all_that_bears_the_name
        assert world.charged() == [4200]

    def test_is_found_if_it_was_charged_meanwhile(self, world: World) -> None:
        invoice_id, customer = self.refused_invoice(world)
        (payment,) = world.payments(invoice_id)
        (method,) = world.stripe_client.v1.customers.payment_methods.list(customer).data
        world.stripe_client.v1.payment_intents.create(
            {
                "amount": 4200,
                "currency": "eur",
                "customer": customer,
                "payment_method": method.id,
                "confirm": True,
                "off_session": True,
                "metadata": {"lago_payment_id": payment["lago_id"]},
            }
        )
        retry(world, invoice_id)
        world.collect_due()

        world.pass_time(10 * MINUTE + 1)
        world.look_again()

        assert world.invoice(invoice_id)["payment_status"] == "succeeded"
        assert (len(world.payments(invoice_id)), world.charged()) == (1, [4200])


class TestWhatCannotBeRetried:
    def test_a_paid_invoice(self, world: World) -> None:
        world.connect()
        world.customer()
        invoice_id = world.create_invoice()
        world.run()

        assert retry(world, invoice_id) == (405, "invalid_status")

    def test_an_invoice_that_is_parked(self, world: World) -> None:
        world.connect()
        invoice_id = world.put_invoice_item(currency="nonsense")
        world.collect_new_invoices()

        assert retry(world, invoice_id) == (405, "invalid_status")

    def test_an_invoice_that_is_being_collected(self, world: World) -> None:
        world.connect()
        world.customer()
        invoice_id = world.create_invoice()

        assert retry(world, invoice_id) == (405, BEING_COLLECTED)

    def test_an_unknown_invoice(self, world: World) -> None:
        assert retry(world, "no-such-invoice") == (404, "invoice_not_found")

    def test_another_organizations_invoice(self, world: World) -> None:
        invoice_id, _ = failed_invoice_and_customer(world)

        answer = world.api(
            "POST", f"/api/v1/invoices/{invoice_id}/retry_payment", organization_id="another-organization"
        )

        assert (answer.status, answer.body["code"]) == (404, "invoice_not_found")


class TestWhereNobodyCanPay:
    def refusal(self, world: World) -> tuple[str, str]:
        """The code that is notified, and the invoice's status."""
        failures = [body.get("payment_provider_invoice_payment_error") for body in notification_bodies(world)]
        (refusal,) = [failure for failure in failures if failure and failure["provider_error"] is None]
        return refusal["error_details"]["code"], world.invoice(refusal["lago_invoice_id"])["payment_status"]

    def test_a_customer_without_stripe_is_notified_with_lagos_code(self, world: World) -> None:
        invoice_id, _ = failed_invoice_and_customer(world)
        billing = {"billing_configuration": {"payment_provider": None}}
        world.api("POST", "/api/v1/customers", {"customer": {"external_id": "acme", **billing}})

        assert retry(world, invoice_id) == (200, None)

        assert self.refusal(world) == ("customer_must_have_payment_provider", "failed")

    def test_a_customer_without_a_payment_method_is_notified(self, world: World) -> None:
        invoice_id, customer = failed_invoice_and_customer(world)
        for method in world.stripe_client.v1.customers.payment_methods.list(customer).data:
            world.stripe_client.v1.payment_methods.detach(method.id)
        world.run()

        assert [retry(world, invoice_id), retry(world, invoice_id)] == [(200, None)] * 2

        assert self.refusal(world) == ("customer_must_have_payment_method", "failed")

    def test_an_account_that_is_gone_is_notified_and_nothing_is_charged_elsewhere(self, world: World) -> None:
        invoice_id, _ = failed_invoice_and_customer(world)
        disconnect_at_once(world)
        client = connect_other_account(world, "another")
        link_to_account(world, stripe_customer_with_a_card(client), "another")

        assert retry(world, invoice_id) == (200, None)
        world.collect_due()

        assert self.refusal(world) == ("payment_provider_not_connected", "failed")
        assert (world.charged(), charged_there(client)) == ([], [])

    def test_an_account_that_has_another_code_by_now_is_charged_there_once(self, world: World) -> None:
        invoice_id, _ = failed_invoice_and_customer(world)
        disconnect_at_once(world)
        world.connect("another")
        link_to_account(world, world.stripe_customer(), "another")

        assert retry(world, invoice_id) == (200, None)
        world.collect_due()

        assert world.charged() == [4200]
        assert [one["status"] for one in world.payments(invoice_id)] == ["succeeded", "canceled"]


def test_an_invoice_that_waits_is_looked_at_now(world: World) -> None:
    world.connect()
    customer = world.customer(payment_method=None)
    invoice_id = world.create_invoice()
    world.collect_new_invoices()
    attached = world.stripe_client.v1.payment_methods.attach("pm_card_visa", {"customer": customer})
    world.stripe_client.v1.customers.update(customer, {"invoice_settings": {"default_payment_method": attached.id}})

    assert retry(world, invoice_id) == (200, None)
    world.collect_due()

    assert world.invoice(invoice_id)["payment_status"] == "succeeded"


def test_an_item_that_is_replaced_goes_on_at_its_last_attempt(world: World) -> None:
    world.connect()
    customer = world.customer(payment_method=DECLINED)
    invoice_id = world.put_invoice_item()
    world.run()
    pay_with(world, customer)
    retry(world, invoice_id)
    world.collect_due()

    world.put_invoice_item()
    world.invoke("invoice-created", world.stream_event(world.all_images("invoices")))

    assert world.invoice(invoice_id)["payment_status"] == "succeeded"
    assert world.charged() == [4200]


def test_a_paused_account_lets_a_retry_wait_for_its_key(world: World) -> None:
    invoice_id, customer = failed_invoice_and_customer(world)
    pay_with(world, customer)
    world.stripe.control.expire_key(SECRET_KEY)
    retry(world, invoice_id)
    world.collect_due()
    assert world.invoice(invoice_id)["payment_status"] == "failed"

    world.connect(secret_key=world.stripe.control.add_key(world.account.id))
    world.pass_time(MORE_THAN_A_DAY)
    world.look_again()

    assert world.invoice(invoice_id)["payment_status"] == "succeeded"
    assert stripe_statuses(world, invoice_id) == ["succeeded", "canceled"]
