"""An account that is connected under another code: what was sent to it before is followed there, and charged once."""

from typing import Any

import pytest
from builders.accounts import charged_there, connect_other_account, disconnect_at_once
from builders.customers import DISPUTED, link_to_account, provider_customer_id, stripe_customer_with_a_card
from builders.debits import debit_customer, debit_on_its_way, processing
from builders.durations import DAY, HOUR
from builders.invoices import Charged, charged_and_not_written_down, failed_invoice, hand_over, unanswered
from builders.stripe_events import event, intent, post
from builders.stripe_requests import LIST_INTENTS, RETRIEVE_INTENT, UPDATE_CUSTOMER
from world.world import World

LIVE_KEY = "sk_live_world000000000000000"


def give_the_account_another_code(world: World) -> None:
    """What was connected as `stripe` is connected as `renamed` from now on."""
    disconnect_at_once(world)
    world.connect("renamed")


def link_again(world: World, **more: Any) -> dict[str, Any]:
    """The customer is linked under the new code, to whom it is linked already."""
    billing = {"payment_provider": "stripe", "payment_provider_code": "renamed"} | more
    body = {"customer": {"external_id": "acme", "billing_configuration": billing}}
    answer = world.api("POST", "/api/v1/customers", body)
    assert answer.status == 200, answer.body
    shown: dict[str, Any] = answer.body["customer"]
    return shown


class TestAChargeWhoseResultIsNotKnown:
    @pytest.mark.parametrize("charged", [charged_and_not_written_down, unanswered])
    @pytest.mark.parametrize("hours", [0, 1, 25])
    @pytest.mark.parametrize("linked", ["not", "to the same customer", "to another customer"])
    def test_is_found_under_the_new_code_and_not_charged_again(
        self, world: World, charged: Charged, hours: int, linked: str
    ) -> None:
        invoice_id, record = charged(world)
        world.stripe.control.disrupt_webhooks("drop", count=None)
        give_the_account_another_code(world)
        if linked == "to the same customer":
            link_to_account(world, provider_customer_id(world), "renamed")
        if linked == "to another customer":
            link_to_account(world, world.stripe_customer(), "renamed")
        world.pass_time(hours * HOUR)

        hand_over(world, record)
        world.run()
        world.pass_time(DAY)
        world.look_again()

        assert world.invoice(invoice_id)["payment_status"] == "succeeded"
        assert world.charged() == [4200]
        assert world.notified().count("payment.succeeded") == 1
        assert len(world.payments(invoice_id)) == 1

    def test_is_sent_again_at_once_under_its_key_which_the_account_knows(self, world: World) -> None:
        _, record = charged_and_not_written_down(world)
        give_the_account_another_code(world)
        link_to_account(world, provider_customer_id(world), "renamed")
        lists = world.stripe_calls(LIST_INTENTS)

        assert hand_over(world, record) == 0

        assert (world.stripe_calls(), world.stripe_calls(LIST_INTENTS)) == (2, lists)
        assert world.charged() == [4200]

    def test_stays_unknown_while_its_account_is_connected_in_the_other_mode_only(self, world: World) -> None:
        invoice_id, record = charged_and_not_written_down(world)
        disconnect_at_once(world)
        world.stripe.control.add_key(world.account.id, value=LIVE_KEY)
        world.connect("renamed", secret_key=LIVE_KEY)
        calls = world.stripe_calls(), world.stripe_calls(LIST_INTENTS)

        hand_over(world, record)
        world.pass_time(DAY)
        world.look_again()

        assert world.invoice(invoice_id)["payment_status"] == "pending"
        assert (world.stripe_calls(), world.stripe_calls(LIST_INTENTS)) == calls

    @pytest.mark.parametrize("charged", [charged_and_not_written_down, unanswered])
    def test_stays_unknown_while_another_account_is_connected_under_another_code(
        self, world: World, charged: Charged
    ) -> None:
        invoice_id, record = charged(world)
        disconnect_at_once(world)
        client = connect_other_account(world, "renamed")
        link_to_account(world, stripe_customer_with_a_card(client), "renamed")

        hand_over(world, record)
        world.pass_time(DAY)
        world.look_again()

        assert world.invoice(invoice_id)["payment_status"] == "pending"
        assert (world.charged(), charged_there(client)) == ([4200], [])


class TestWhatIsOnItsWay:
    def test_is_followed_under_the_new_code_though_the_customer_was_not_linked_again(self, world: World) -> None:
        invoice_id = debit_on_its_way(world)
        give_the_account_another_code(world)
        world.pass_time(DAY)

        assert world.look_again() == 0

        assert world.invoice(invoice_id)["payment_status"] == "succeeded"
        (payment,) = world.payments(invoice_id)
        assert payment["payment_provider_code"] == "stripe"
        assert world.stripe_calls(RETRIEVE_INTENT) == 1

    def test_is_reported_by_the_new_codes_endpoint(self, world: World) -> None:
        invoice_id = debit_on_its_way(world)
        give_the_account_another_code(world)
        (payment,) = world.payments(invoice_id)
        succeeded = intent(invoice_id, "succeeded", id=payment["provider_payment_id"])

        assert post(world, event(world, "payment_intent.succeeded", succeeded), code="renamed").status == 200

        assert world.invoice(invoice_id)["payment_status"] == "succeeded"

    def test_under_two_codes_is_listed_together(self, world: World) -> None:
        world.connect()
        debit_customer(world, "acme")
        processing(world, 6, "acme")
        give_the_account_another_code(world)
        debit_customer(world, "umbrella", code="renamed")
        processing(world, 6, "umbrella")
        world.pass_time(DAY)

        world.look_again()

        assert {item["payment_status"] for item in world.items("invoices")} == {"succeeded"}
        assert (world.stripe_calls(LIST_INTENTS), world.stripe_calls(RETRIEVE_INTENT)) == (1, 0)

    def test_that_fails_under_the_new_code_is_closed_there(self, world: World) -> None:
        invoice_id = failed_invoice(world)
        give_the_account_another_code(world)
        world.pass_time(25 * HOUR)

        world.look_again()

        (payment,) = world.payments(invoice_id)
        assert payment["status"] == "canceled"


def test_a_success_that_both_endpoints_of_an_account_report_is_notified_once(world: World) -> None:
    world.connect()
    world.customer()
    world.connect("renamed")
    link_again(world)
    invoice_id = world.create_invoice()
    world.collect_new_invoices()
    succeeded = [one for one in world.stripe.due_deliveries() if one.event_type == "payment_intent.succeeded"]
    assert sorted("code=renamed" in one.url for one in succeeded) == [False, True]

    assert [world.deliver(one) for one in (*succeeded, *reversed(succeeded))] == [200] * 4

    assert world.notified().count("payment.succeeded") == 1
    assert len(world.payments(invoice_id)) == 1
    assert world.charged() == [4200]


def test_a_dispute_is_kept_with_the_payment_that_was_sent_under_the_old_code(world: World) -> None:
    world.connect()
    world.customer(payment_method=DISPUTED)
    invoice_id = world.create_invoice()
    world.collect_new_invoices()
    world.stripe.due_deliveries()
    give_the_account_another_code(world)
    (dispute,) = world.stripe_client.v1.disputes.list().data

    assert post(world, event(world, "charge.dispute.created", dispute.to_dict()), code="renamed").status == 200

    assert world.notified().count("payment.dispute_opened") == 1
    (payment,) = world.payments(invoice_id)
    assert payment["payment_provider_code"] == "stripe"


class TestACustomerWhoIsLinkedAgain:
    @pytest.mark.parametrize("names_the_stripe_customer", [True, False])
    def test_keeps_its_identity_its_card_and_its_history(self, world: World, names_the_stripe_customer: bool) -> None:
        world.connect()
        stripe_customer = world.customer()
        invoice_id = world.create_invoice()
        world.run()
        before = world.api("GET", "/api/v1/customers/acme").body["customer"]
        give_the_account_another_code(world)

        more = {"provider_customer_id": stripe_customer} if names_the_stripe_customer else {}
        shown = link_again(world, **more)

        assert shown["lago_id"] == before["lago_id"]
        after = shown["billing_configuration"]
        assert after == before["billing_configuration"] | {"payment_provider_code": "renamed"}
        (theirs,) = world.api("GET", "/api/v1/customers/acme/payments").body["payments"]
        assert (theirs["invoice_ids"], theirs["payment_status"]) == ([invoice_id], "succeeded")
        (item,) = world.items("customers")
        (former,) = item["former_links"]
        assert (former["payment_provider_code"], former["provider_customer_id"]) == ("stripe", stripe_customer)

    def test_has_the_card_that_stripe_has_by_then(self, world: World) -> None:
        world.connect()
        customer = world.customer()
        disconnect_at_once(world)
        card = world.stripe_client.v1.payment_methods.attach("pm_card_mastercard", {"customer": customer}).id
        world.stripe_client.v1.customers.update(customer, {"invoice_settings": {"default_payment_method": card}})
        world.connect("renamed")

        assert link_again(world)["billing_configuration"]["payment_method_id"] == card

    def test_is_charged_once_for_each_invoice_that_waited(self, world: World) -> None:
        world.connect()
        world.customer()
        disconnect_at_once(world)
        invoices = [world.create_invoice(amount=amount) for amount in (100, 200)]
        world.collect_new_invoices()
        world.connect("renamed")
        world.pass_time(DAY)
        world.look_again()
        assert {world.invoice(one)["payment_status"] for one in invoices} == {"pending"}
        assert world.charged() == []

        link_again(world)
        link_again(world)
        world.run()

        assert sorted(world.charged()) == [100, 200]
        assert {world.invoice(one)["payment_status"] for one in invoices} == {"succeeded"}

    def test_is_not_charged_again_with_the_card_that_failed(self, world: World) -> None:
        invoice_id = failed_invoice(world)
        give_the_account_another_code(world)
        tries = world.stripe_calls()

        link_again(world)
        world.run()

        assert world.invoice(invoice_id)["payment_status"] == "failed"
        assert world.stripe_calls() == tries

    def test_pays_what_failed_with_another_card(self, world: World) -> None:
        invoice_id = failed_invoice(world)
        give_the_account_another_code(world)
        card = world.stripe_client.v1.payment_methods.attach(
            "pm_card_visa", {"customer": provider_customer_id(world)}
        ).id
        world.stripe_client.v1.customers.update(
            provider_customer_id(world), {"invoice_settings": {"default_payment_method": card}}
        )

        link_again(world)
        world.run()

        assert world.invoice(invoice_id)["payment_status"] == "succeeded"
        assert world.charged() == [4200]

    def test_is_tried_again_by_the_plan_with_the_card_that_it_was_made_for(self, world: World) -> None:
        invoice_id = failed_invoice(world)
        give_the_account_another_code(world)
        link_again(world)
        world.run()
        tries = world.stripe_calls()
        world.pass_time(25 * HOUR)

        world.look_again()

        assert world.stripe_calls() == tries + 1
        assert [one["payment_provider_code"] for one in world.payments(invoice_id)] == ["renamed", "stripe"]

    def test_whose_creation_had_no_answer_is_created_once(self, world: World) -> None:
        world.connect(create_customers=True)
        world.stripe.control.add_fault("cut_after_commit", method="POST", path="/v1/customers", times=2)
        billing = {"payment_provider": "stripe"}
        body = {"customer": {"external_id": "acme", "name": "Acme", "billing_configuration": billing}}
        assert world.api("POST", "/api/v1/customers", body).status == 200
        give_the_account_another_code(world)

        shown = link_again(world)

        (created,) = world.stripe_client.v1.customers.list().data
        assert shown["billing_configuration"]["provider_customer_id"] == created.id

    def test_gets_the_same_page_to_pay_on(self, world: World) -> None:
        invoice_id = failed_invoice(world)
        first = world.api("POST", f"/api/v1/invoices/{invoice_id}/payment_url").body
        give_the_account_another_code(world)
        link_again(world)

        again = world.api("POST", f"/api/v1/invoices/{invoice_id}/payment_url").body

        assert again["invoice_payment_details"]["payment_url"] == first["invoice_payment_details"]["payment_url"]


class TestACustomerWhoIsNotLinkedAgain:
    def test_is_not_charged_through_a_code_that_it_was_not_linked_under(self, world: World) -> None:
        world.connect()
        world.customer()
        give_the_account_another_code(world)
        invoice_id = world.create_invoice()

        world.run()

        assert world.invoice(invoice_id)["payment_status"] == "pending"
        assert world.charged() == []

    def test_has_the_card_kept_current_by_the_new_codes_endpoint(self, world: World) -> None:
        world.connect()
        customer = world.customer()
        give_the_account_another_code(world)
        (card,) = world.stripe_client.v1.customers.payment_methods.list(customer).data
        world.stripe_client.v1.payment_methods.detach(card.id)

        world.run()

        (item,) = world.items("customers")
        assert "payment_method_id" not in item


def test_an_endpoint_of_a_second_code_leaves_a_saved_card_to_the_customers_own(world: World) -> None:
    world.connect()
    customer = world.customer()
    world.connect("second")
    updates = world.stripe_calls(UPDATE_CUSTOMER)

    world.stripe_client.v1.setup_intents.create(
        {
            "customer": customer,
            "payment_method": "pm_card_mastercard",
            "confirm": True,
            "usage": "off_session",
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
        }
    )
    world.run()

    assert world.stripe_calls(UPDATE_CUSTOMER) == updates + 1


def test_the_code_of_then_is_followed_without_another_read(world: World) -> None:
    invoice_id = debit_on_its_way(world)
    world.connect("second")
    world.pass_time(DAY)
    world.hand_out_due()
    queries = world.aws.count("Query")

    world.collect_due()

    assert world.aws.count("Query") == queries
    assert world.invoice(invoice_id)["payment_status"] == "succeeded"
