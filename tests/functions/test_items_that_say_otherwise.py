"""An item that is replaced: money keeps its currency and its customer, and what a person decided stays."""

from typing import Any

import pytest
from builders.accounts import connect_other_account
from builders.customers import DECLINED, becomes_default
from builders.due import look_a_minute_later
from builders.durations import DAY, MINUTE
from builders.invoices import MINIMAL_INVOICE, failed_invoice, replace_item, waiting_invoice_of_events
from builders.links import pay_on_page, payment_url
from builders.payments import collect_under_name, pay_by_hand, refund, void
from builders.stripe_requests import CREATE_INTENT, break_stripe
from world.world import World

OTHERWISE = {"currency": "USD"}, {"external_customer_id": "globex"}
"""What an item may say that replaces one over EUR of `acme`."""
MISTAKES: tuple[dict[str, Any], ...] = (
    {"total_amount_cents": "4200"},
    {"currency": "dollars"},
    {"external_customer_id": None},
)


def paid_item(world: World) -> str:
    world.connect()
    world.customer()
    world.customer("globex")
    invoice_id = world.put_invoice_item()
    world.run()
    return invoice_id


def item_charged_without_an_answer(world: World) -> str:
    """Its charge has succeeded, no answer came, and Stripe's event is lost."""
    world.connect()
    world.customer()
    world.customer("globex")
    invoice_id = world.put_invoice_item()
    break_stripe(world, CREATE_INTENT, "cut_after_commit")
    world.collect_new_invoices()
    world.stripe.control.clear_faults()
    world.stripe.due_deliveries()
    world.lose_messages()
    return invoice_id


def problem(world: World, invoice_id: str) -> dict[str, list[str]]:
    """Why the invoice is parked; nothing if it is not."""
    errors = world.invoice(invoice_id)["error_details"]
    return dict(errors[0]["details"]) if errors else {}


class TestMoneyOfOtherTerms:
    @pytest.mark.parametrize("otherwise", OTHERWISE, ids=str)
    def test_settles_nothing_and_the_item_is_parked(self, world: World, otherwise: dict[str, str]) -> None:
        paid_item(world)

        invoice_id = replace_item(world, **otherwise)
        look_a_minute_later(world, times=3)

        assert problem(world, invoice_id) == {name: ["does_not_match_payments"] for name in otherwise}
        assert world.charged() == [4200]
        (paid,) = world.payments(invoice_id)
        assert (paid["amount_currency"], paid["external_customer_id"]) == ("EUR", "acme")

    @pytest.mark.parametrize("otherwise", OTHERWISE, ids=str)
    def test_is_found_where_nothing_is_on_record_when_the_item_is_replaced(
        self, world: World, otherwise: dict[str, str]
    ) -> None:
        item_charged_without_an_answer(world)

        invoice_id = replace_item(world, **otherwise)
        world.pass_time(15 * MINUTE)
        world.look_again()

        assert problem(world, invoice_id) == {name: ["does_not_match_payments"] for name in otherwise}
        assert world.charged() == [4200]
        (paid,) = world.payments(invoice_id)
        assert (paid["amount_currency"], paid["external_customer_id"]) == ("EUR", "acme")
        assert world.notified().count("payment.succeeded") == 1

    def test_counts_again_when_the_item_is_put_right(self, world: World) -> None:
        paid_item(world)
        replace_item(world, currency="USD")

        invoice_id = replace_item(world)

        assert problem(world, invoice_id) == {}
        assert world.invoice(invoice_id)["payment_status"] == "succeeded"
        assert world.invoice(invoice_id)["total_paid_amount_cents"] == 4200
        assert world.charged() == [4200]

    def test_that_came_by_hand_parks_the_item_too(self, world: World) -> None:
        invoice_id = waiting_invoice_of_events(world)
        pay_by_hand(world, invoice_id, 1000)
        world.customer()

        replace_item(world, currency="USD")
        look_a_minute_later(world, times=3)

        assert problem(world, invoice_id) == {"currency": ["does_not_match_payments"]}
        assert world.charged() == []

    def test_under_the_name_of_an_invoice_that_waits_is_on_record_and_notified(self, world: World) -> None:
        invoice_id = waiting_invoice_of_events(world)

        collect_under_name(world, invoice_id, currency="usd")
        world.run()

        assert problem(world, invoice_id) == {"currency": ["does_not_match_payments"]}
        assert world.notified().count("payment.succeeded") == 1
        assert world.invoice(invoice_id)["total_paid_amount_cents"] == 0

    def test_leaves_nothing_open_and_a_void_ends_it(self, world: World) -> None:
        paid_item(world)
        invoice_id = replace_item(world, currency="USD")

        assert void(world, invoice_id).status == 200

        look_a_minute_later(world, times=3)
        assert world.invoice(invoice_id)["status"] == "voided"
        assert not [item for item in world.items("invoices") if "due_at" in item]

    def test_does_not_change_what_went_back(self, world: World) -> None:
        invoice_id = paid_item(world)
        (paid,) = world.payments(invoice_id)
        replace_item(world, currency="USD")

        refund(world, paid["lago_id"], 1000)
        world.run()

        assert world.invoice(invoice_id)["total_refunded_amount_cents"] == 0
        replace_item(world)
        assert world.invoice(invoice_id)["total_refunded_amount_cents"] == 1000


def test_what_failed_over_the_former_currency_is_closed_and_charged_in_the_new_one(world: World) -> None:
    world.connect()
    world.customer(payment_method=DECLINED)
    world.put_invoice_item()
    world.run()
    becomes_default(world, "pm_card_visa")

    invoice_id = replace_item(world, currency="USD")
    world.pass_time(DAY)
    world.look_again()
    world.run()

    assert world.invoice(invoice_id)["payment_status"] == "succeeded"
    assert [(one["amount_currency"], one["payment_status"]) for one in world.payments(invoice_id)] == [
        ("USD", "succeeded"),
        ("EUR", "failed"),
    ]
    assert world.charged() == [4200]


@pytest.mark.parametrize("mistake", MISTAKES, ids=str)
def test_a_charge_whose_result_nobody_knows_is_found_when_a_mistake_replaces_its_item(
    world: World, mistake: dict[str, Any]
) -> None:
    item_charged_without_an_answer(world)

    invoice_id = replace_item(world, **mistake)
    world.pass_time(15 * MINUTE)
    world.look_again()

    (paid,) = world.items("payments")
    assert (paid["payment_status"], paid["currency"], paid["external_customer_id"]) == ("succeeded", "EUR", "acme")
    assert world.notified().count("payment.succeeded") == 1
    assert replace_item(world) == invoice_id
    assert world.invoice(invoice_id)["payment_status"] == "succeeded"
    assert world.charged() == [4200]


class TestWhatAPersonDecided:
    @pytest.mark.parametrize("method", [None, DECLINED])
    def test_a_void_stays(self, world: World, method: str | None) -> None:
        world.connect()
        world.customer(payment_method=method)
        invoice_id = world.put_invoice_item()
        world.run()
        assert void(world, invoice_id).status == 200

        world.customer()
        replace_item(world)
        world.pass_time(15 * MINUTE)
        world.look_again()

        assert world.invoice(invoice_id)["status"] == "voided"
        assert world.invoice(invoice_id)["voided_at"] is not None
        assert world.charged() == []
        assert not [item for item in world.items("invoices") if "due_at" in item]

    def test_what_was_said_to_be_paid_elsewhere_is_not_owed_again(self, world: World) -> None:
        invoice_id = waiting_invoice_of_events(world)
        world.api("PUT", f"/api/v1/invoices/{invoice_id}", {"invoice": {"payment_status": "succeeded"}})
        world.customer()

        replace_item(world)
        look_a_minute_later(world, times=3)

        assert world.invoice(invoice_id)["payment_status"] == "succeeded"
        assert world.charged() == []

    def test_only_what_a_larger_item_adds_is_owed_then(self, world: World) -> None:
        invoice_id = waiting_invoice_of_events(world)
        world.api("PUT", f"/api/v1/invoices/{invoice_id}", {"invoice": {"payment_status": "succeeded"}})
        world.customer()

        replace_item(world, total_amount_cents=5000)
        look_a_minute_later(world, times=3)

        assert world.invoice(invoice_id)["payment_status"] == "succeeded"
        assert world.charged() == [800]


def test_what_is_paid_on_a_page_is_found_though_another_success_took_its_place_and_its_event_is_lost(
    world: World,
) -> None:
    invoice_id = waiting_invoice_of_events(world)
    payment_url(world, invoice_id)
    collect_under_name(world, invoice_id)
    world.run()
    pay_on_page(world)
    world.stripe.due_deliveries()

    look_a_minute_later(world, times=3)

    assert sorted(one["payment_status"] for one in world.payments(invoice_id)) == ["succeeded", "succeeded"]
    assert world.invoice(invoice_id)["total_paid_amount_cents"] == sum(world.charged()) == 8400


class TestABackup:
    """The application puts back what the table held before, with all that was written there."""

    def test_of_an_invoice_that_waited_knows_what_was_paid_by_hand_since(self, world: World) -> None:
        invoice_id = waiting_invoice_of_events(world)
        (backup,) = world.all_images("invoices")
        pay_by_hand(world, invoice_id)
        world.customer()

        put_back(world, backup)

        assert world.invoice(invoice_id)["payment_status"] == "succeeded"
        assert world.invoice(invoice_id)["total_paid_amount_cents"] == 4200
        assert world.charged() == []

    def test_of_an_invoice_that_failed_knows_what_it_was_charged_since(self, world: World) -> None:
        invoice_id = failed_invoice(world)
        (backup,) = world.all_images("invoices")
        becomes_default(world, "pm_card_visa")
        world.run()
        assert world.charged() == [4200]

        put_back(world, backup)

        assert world.invoice(invoice_id)["payment_status"] == "succeeded"
        assert world.charged() == [4200]
        assert len(world.payments(invoice_id)) == 2

    def test_of_an_invoice_that_was_voided_since_stays_voided(self, world: World) -> None:
        invoice_id = waiting_invoice_of_events(world)
        (backup,) = world.all_images("invoices")
        void(world, invoice_id)
        world.customer()

        put_back(world, backup)

        assert world.invoice(invoice_id)["status"] == "voided"
        assert world.charged() == []


def put_back(world: World, backup: dict[str, Any]) -> None:
    world.dynamodb.put_item(TableName="InvoicesTable", Item=backup)
    world.pass_time(2 * DAY)
    world.look_again()
    world.run()


def test_a_charge_of_the_customer_before_is_found_in_another_account_before_the_new_one_is_charged(
    world: World,
) -> None:
    """Two accounts share no idempotency key: nothing at Stripe would keep the second charge away."""
    item_charged_without_an_answer(world)
    other = connect_other_account(world, "other")
    customer = other.v1.customers.create({"name": "Initech"}).id
    card = other.v1.payment_methods.attach("pm_card_visa", {"customer": customer}).id
    other.v1.customers.update(customer, {"invoice_settings": {"default_payment_method": card}})
    billing = {"payment_provider": "stripe", "payment_provider_code": "other", "provider_customer_id": customer}
    body = {"customer": {"external_id": "initech", "billing_configuration": billing}}
    assert world.api("POST", "/api/v1/customers", body).status == 200

    invoice_id = replace_item(world, external_customer_id="initech")
    world.pass_time(15 * MINUTE)
    world.look_again()

    assert (world.charged(), len(other.v1.payment_intents.list().data)) == ([4200], 0)
    assert [one["external_customer_id"] for one in world.payments(invoice_id)] == ["acme"]
    assert problem(world, invoice_id) == {"external_customer_id": ["does_not_match_payments"]}


def test_a_repeated_request_is_answered_though_an_item_has_replaced_its_invoice(world: World) -> None:
    world.connect()
    world.customer(payment_method=None)
    body, headers = {"invoice": MINIMAL_INVOICE}, {"Idempotency-Key": "2026-0042"}
    first = world.api("POST", "/api/v1/invoices", body, headers=headers)
    replace_item(world, lago_id=first.body["invoice"]["lago_id"], total_amount_cents=5000)

    again = world.api("POST", "/api/v1/invoices", body, headers=headers)
    other = world.api("POST", "/api/v1/invoices", {"invoice": {**MINIMAL_INVOICE, "currency": "USD"}}, headers=headers)

    assert (again.status, again.body["invoice"]["total_amount_cents"]) == (200, 5000)
    assert other.status == 409
