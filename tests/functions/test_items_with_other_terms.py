"""An item that replaces another: what was begun over the former terms is followed, closed, or begun again."""

from typing import Any

import pytest
from builders.accounts import charged_there, connect_other_account
from builders.customers import (
    DECLINED,
    UNAUTHENTICATED,
    attach,
    becomes_default,
    change_customer,
    link_to_account,
    pays_with,
    provider_customer_id,
    stripe_customer_with_a_card,
)
from builders.due import days_go_by, hours_go_by, look_a_minute_later
from builders.durations import DAY, HOUR
from builders.invoices import (
    hand_over,
    item_not_sent,
    record_of_replaced_item,
    replace_item,
    waiting_invoice_of_events,
)
from builders.links import ask_for_link, pay_on_open_pages, payment_url, sessions
from builders.payments import (
    collect_under_name,
    kept_at_stripe,
    pay_again,
    pay_by_hand,
    void,
)
from builders.read import paying_customers, statuses_of_attempts
from builders.stripe_events import lose_events
from builders.stripe_requests import CREATE_INTENT, CREATE_REFUND, CREATE_SESSION, break_stripe
from world.aws_calls import Moment
from world.world import World


def item_charged_and_not_written_down(world: World, *, event_is_lost: bool = True) -> str:
    """An item of acme that Stripe has charged, by a function that ended before it wrote so."""
    world.connect()
    world.customer()
    world.customer("globex", payment_method=None)
    world.run()
    invoice_id = world.put_invoice_item()
    world.aws.crash("TransactWriteItems", Moment.BEFORE)
    world.collect_new_invoices()
    assert world.charged() == [4200]
    assert world.items("payments") == []
    if event_is_lost:
        lose_events(world)
    return invoice_id


class TestPaidElsewhere:
    def paid_elsewhere(self, world: World) -> str:
        invoice_id = waiting_invoice_of_events(world)
        world.api("PUT", f"/api/v1/invoices/{invoice_id}", {"invoice": {"payment_status": "succeeded"}})
        world.customer()
        world.customer("globex")
        return invoice_id

    @pytest.mark.parametrize("otherwise", [{"currency": "USD"}, {"external_customer_id": "globex"}], ids=str)
    def test_parks_an_item_of_other_terms(self, world: World, otherwise: dict[str, str]) -> None:
        invoice_id = self.paid_elsewhere(world)

        replace_item(world, **otherwise)
        hours_go_by(world, 2)

        assert world.charged() == []
        assert world.invoice(invoice_id)["error_details"]


def test_a_page_over_more_than_a_smaller_item_is_closed_within_minutes(world: World) -> None:
    invoice_id = waiting_invoice_of_events(world)
    world.pass_time(3 * DAY)
    payment_url(world, invoice_id)

    replace_item(world, total_amount_cents=1000)
    look_a_minute_later(world, times=15)
    pay_on_open_pages(world)

    assert sum(world.charged()) <= 1000


class TestAChargeThatNobodyWroteDown:
    def test_of_another_customer_than_the_item_says_by_now_is_on_record_when_its_event_comes(
        self, world: World
    ) -> None:
        invoice_id = item_charged_and_not_written_down(world, event_is_lost=False)

        replace_item(world, external_customer_id="globex")
        hours_go_by(world, 3)

        assert statuses_of_attempts(world, invoice_id) == ["succeeded"]

    def test_is_not_charged_to_the_customer_that_the_item_names_by_now(self, world: World) -> None:
        item_charged_and_not_written_down(world)

        replace_item(world, external_customer_id="globex")
        hours_go_by(world, 26)
        change_customer(world, "globex", name="Globex")
        attach(world, provider_customer_id(world, "globex"))
        world.run()
        hours_go_by(world, 3)

        assert world.charged() == [4200]

    def test_is_not_refused_for_the_customer_that_the_item_names_by_now(self, world: World) -> None:
        item_charged_and_not_written_down(world)
        billing = {"provider_payment_methods": ["customer_balance"]}
        change_customer(world, "globex", billing_configuration=billing)
        world.run()

        replace_item(world, external_customer_id="globex")
        hours_go_by(world, 3)
        change_customer(world, "globex", billing_configuration={"provider_payment_methods": ["card"]})
        attach(world, provider_customer_id(world, "globex"))
        world.run()
        days_go_by(world, 2)

        assert world.charged() == [4200]

    def test_is_found_when_the_item_says_that_nothing_is_owed(self, world: World) -> None:
        invoice_id = item_charged_and_not_written_down(world)

        replace_item(world, total_amount_cents=0)
        hours_go_by(world, 3)

        assert statuses_of_attempts(world, invoice_id) == ["succeeded"]

    def test_by_card_is_found_though_the_customer_pays_on_pages_only_by_now(self, world: World) -> None:
        invoice_id = self.by_card_saved_long_ago_and_paid_on_pages_by_now(world)

        hours_go_by(world, 3)

        assert world.invoice(invoice_id)["payment_status"] == "succeeded"

    def test_by_card_is_not_paid_on_a_page_too_when_the_customer_pays_on_pages_only_by_now(self, world: World) -> None:
        invoice_id = self.by_card_saved_long_ago_and_paid_on_pages_by_now(world)

        hours_go_by(world, 26)
        ask_for_link(world, invoice_id)
        for page in sessions(world):
            world.stripe.control.complete_checkout(page.id, "pm_crypto")

        assert world.charged() == [4200]

    def by_card_saved_long_ago_and_paid_on_pages_by_now(self, world: World) -> str:
        world.connect()
        world.customer()
        world.run()
        world.pass_time(2 * DAY)
        invoice_id = world.create_invoice(currency="USD")
        record = world.stream_event(world.new_images("invoices"))
        world.aws.crash("TransactWriteItems", Moment.BEFORE)
        world.invoke("invoice-created", record)
        lose_events(world)
        pays_with(world, "crypto")
        world.invoke("invoice-created", record)
        world.run()
        return invoice_id


class TestAnUnknownAttempt:
    def test_is_found_when_the_item_says_that_nothing_is_owed(self, world: World) -> None:
        world.connect()
        world.customer()
        invoice_id = world.put_invoice_item()
        break_stripe(world, CREATE_INTENT, "cut_after_commit")
        world.collect_new_invoices()
        world.stripe.control.clear_faults()
        lose_events(world)

        replace_item(world, total_amount_cents=0)
        hours_go_by(world, 3)

        assert statuses_of_attempts(world, invoice_id) == ["succeeded"]


class TestAFailedInvoiceThatIsSettledByAPersonAndReplaced:
    def failed(self, world: World) -> str:
        world.connect()
        world.customer(payment_method=DECLINED)
        invoice_id = world.put_invoice_item()
        world.run()
        return invoice_id

    def test_stays_paid_by_hand(self, world: World) -> None:
        invoice_id = self.failed(world)
        assert pay_by_hand(world, invoice_id).status == 200
        becomes_default(world, "pm_card_visa")
        world.run()

        replace_item(world)
        days_go_by(world, 2)

        assert world.invoice(invoice_id)["payment_status"] == "succeeded"
        assert world.charged() == []
        assert world.notified().count("invoice.payment_failure") == 1

    def test_stays_paid_elsewhere(self, world: World) -> None:
        invoice_id = self.failed(world)
        world.api("PUT", f"/api/v1/invoices/{invoice_id}", {"invoice": {"payment_status": "succeeded"}})
        becomes_default(world, "pm_card_visa")
        world.run()

        replace_item(world)
        days_go_by(world, 2)

        assert world.invoice(invoice_id)["payment_status"] == "succeeded"
        assert world.charged() == []

    def test_owes_nothing_where_the_item_says_zero(self, world: World) -> None:
        invoice_id = self.failed(world)

        replace_item(world, total_amount_cents=0)
        becomes_default(world, "pm_card_visa")
        world.run()
        days_go_by(world, 2)

        assert world.invoice(invoice_id)["payment_status"] == "succeeded"
        assert world.stripe_calls() == 1


class TestAnOutageOfTheAccountThatIsDisconnecting:
    def test_charges_nothing_new_through_it(self, world: World) -> None:
        item_not_sent(world)

        world.api("DELETE", "/api/v1/integrations/stripe/stripe")
        hours_go_by(world, 3)

        assert world.charged() == []


def test_a_page_that_was_made_before_a_crash_is_not_paid_after_the_item_says_nothing_is_owed(world: World) -> None:
    invoice_id = waiting_invoice_of_events(world)
    payment_url(world, invoice_id)

    replace_item(world, total_amount_cents=0)
    look_a_minute_later(world, times=15)
    pay_on_open_pages(world)

    assert world.charged() == []


def test_a_failed_intent_is_closed_when_the_item_says_nothing_is_owed(world: World) -> None:
    world.connect()
    world.customer(payment_method=DECLINED)
    world.put_invoice_item()
    world.run()

    replace_item(world, total_amount_cents=0)
    look_a_minute_later(world, times=15)

    assert [one.status for one in world.stripe_client.v1.payment_intents.list().data] == ["canceled"]


def test_a_failed_intent_over_more_than_a_smaller_item_is_closed_within_minutes(world: World) -> None:
    world.connect()
    world.customer(payment_method=DECLINED)
    world.put_invoice_item()
    world.run()

    replace_item(world, total_amount_cents=1000)
    look_a_minute_later(world, times=15)

    assert [one.status for one in world.stripe_client.v1.payment_intents.list().data] == ["canceled"]


def test_what_was_paid_twice_goes_back_though_a_mistake_replaces_the_item(world: World) -> None:
    world.connect(refund_second_payments=True)
    world.customer()
    invoice_id = world.put_invoice_item()
    world.run()
    break_stripe(world, CREATE_REFUND, "cut_before_commit", times=99)
    pay_again(world, world.payments(invoice_id)[0]["lago_id"])
    world.run()
    world.stripe.control.clear_faults()

    replace_item(world, total_amount_cents="4200")
    for _ in range(3):
        days_go_by(world, 1)

    assert kept_at_stripe(world) == 4200


def test_what_a_function_learns_of_a_former_item_is_not_written_over_the_one_that_replaced_it(world: World) -> None:
    world.connect()
    world.customer()
    invoice_id = world.put_invoice_item()
    record = world.stream_event(world.new_images("invoices"))

    def the_item_is_replaced_and_taken_in() -> None:
        replaced = record_of_replaced_item(world, total_amount_cents=1000)
        world.aws.crash("GetItem", Moment.BEFORE, TableName="CustomersTable")
        hand_over(world, replaced)

    world.aws.meanwhile("TransactWriteItems", the_item_is_replaced_and_taken_in)
    hand_over(world, record)
    hours_go_by(world, 2)

    assert world.invoice(invoice_id)["total_amount_cents"] == 1000


def test_a_transfer_that_is_awaited_of_the_former_customer_is_closed_when_the_item_names_another(world: World) -> None:
    world.connect()
    world.customer(payment_method=None)
    world.customer("globex")
    change_customer(world, country="DE", billing_configuration={"provider_payment_methods": ["customer_balance"]})
    world.run()
    invoice_id = world.put_invoice_item()
    world.run()
    assert world.payments(invoice_id)[0]["status"] == "requires_action"

    replace_item(world, external_customer_id="globex")
    for _ in range(4):
        days_go_by(world, 1)

    assert paying_customers(world) == [provider_customer_id(world, "globex")]


def test_the_page_of_the_former_customer_is_not_shown_to_the_one_that_the_item_names_by_now(world: World) -> None:
    invoice_id = waiting_invoice_of_events(world)
    world.customer("globex")
    page = payment_url(world, invoice_id)

    replace_item(world, external_customer_id="globex")
    answer = ask_for_link(world, invoice_id)

    assert answer.status == 405 or answer.body["invoice_payment_details"]["payment_url"] != page


def test_a_payment_does_not_go_back_because_a_mistake_hides_what_is_owed(world: World) -> None:
    world.connect(refund_second_payments=True)
    world.customer()
    invoice_id = world.put_invoice_item()
    break_stripe(world, CREATE_INTENT, "cut_after_commit")
    world.collect_new_invoices()
    world.stripe.control.clear_faults()
    lose_events(world)

    replace_item(world, total_amount_cents="4200")
    hours_go_by(world, 2)
    replace_item(world)
    hours_go_by(world, 2)

    assert world.invoice(invoice_id)["payment_status"] == "succeeded"
    assert kept_at_stripe(world) == 4200


def test_a_charge_that_nobody_wrote_down_is_not_made_again_in_the_account_of_another_customer(world: World) -> None:
    world.connect()
    world.customer()
    client = connect_other_account(world, "other")
    billing = {
        "payment_provider": "stripe",
        "payment_provider_code": "other",
        "provider_customer_id": stripe_customer_with_a_card(client),
    }
    change_customer(world, "globex", billing_configuration=billing)
    world.run()
    world.put_invoice_item()
    world.aws.crash("TransactWriteItems", Moment.BEFORE)
    world.collect_new_invoices()
    lose_events(world)

    replace_item(world, external_customer_id="globex")
    hours_go_by(world, 3)

    assert (world.charged(), charged_there(client)) == ([4200], [])


class TestAnItemThatNamesACustomerWhoDoesNotExist:
    def debit(self, world: World) -> str:
        world.connect()
        world.stripe.control.set_settlement_delay(3 * DAY)
        world.customer(payment_method="pm_usBankAccount_success")
        pays_with(world, "us_bank_account")
        world.run()
        invoice_id = world.put_invoice_item(currency="USD")
        world.run()
        assert world.payments(invoice_id)[0]["payment_status"] == "processing"
        replace_item(world, currency="USD", external_customer_id="nobody")
        return invoice_id

    def test_loses_no_event_of_a_payment_that_is_on_its_way(self, world: World) -> None:
        invoice_id = self.debit(world)

        for _ in range(5):
            days_go_by(world, 1)

        assert statuses_of_attempts(world, invoice_id) == ["succeeded"]

    def test_is_paid_when_it_is_put_right(self, world: World) -> None:
        invoice_id = self.debit(world)
        for _ in range(5):
            days_go_by(world, 1)

        replace_item(world, currency="USD")
        for _ in range(5):
            days_go_by(world, 1)

        assert statuses_of_attempts(world, invoice_id) == ["succeeded"]
        assert world.charged() == [4200]


class TestAFailedInvoiceWhoseReplacedItemIsPaid:
    def test_by_hand_before(self, world: World) -> None:
        world.connect()
        world.customer(payment_method=DECLINED)
        invoice_id = world.put_invoice_item()
        world.run()
        assert pay_by_hand(world, invoice_id).status == 200

        replace_item(world)
        days_go_by(world, 2)

        assert world.invoice(invoice_id)["payment_status"] == "succeeded"
        assert not [one for one in world.notified() if one == "invoice.payment_failure"][1:]

    def test_elsewhere_before(self, world: World) -> None:
        world.connect()
        world.customer(payment_method=DECLINED)
        invoice_id = world.put_invoice_item()
        world.run()
        world.api("PUT", f"/api/v1/invoices/{invoice_id}", {"invoice": {"payment_status": "succeeded"}})

        replace_item(world)
        days_go_by(world, 2)

        assert world.invoice(invoice_id)["payment_status"] == "succeeded"

    def test_as_it_says_zero(self, world: World) -> None:
        world.connect()
        world.customer(payment_method=DECLINED)
        invoice_id = world.put_invoice_item()
        world.run()

        replace_item(world, total_amount_cents=0)
        days_go_by(world, 2)

        assert world.invoice(invoice_id)["payment_status"] == "succeeded"


def test_money_of_a_customer_who_was_relinked_since_is_not_that_of_the_customer_that_the_item_names(
    world: World,
) -> None:
    item_charged_and_not_written_down(world)
    attach(world, provider_customer_id(world, "globex"))
    world.run()
    link_to_account(world, world.stripe_customer(), "stripe")
    world.run()

    invoice_id = replace_item(world, external_customer_id="globex")
    hours_go_by(world, 3)

    assert world.charged() == [4200]
    assert {one["external_customer_id"] for one in world.payments(invoice_id)} == {"acme"}
    assert world.invoice(invoice_id)["error_details"]


def test_the_page_of_a_replaced_item_is_not_made_over_a_charge_of_the_former_customer(world: World) -> None:
    invoice_id = item_charged_and_not_written_down(world)
    replace_item(world, external_customer_id="globex")
    hours_go_by(world, 26)

    ask_for_link(world, invoice_id)
    pay_on_open_pages(world)

    assert world.charged() == [4200]


class TestAnItemThatNamesNobodyAndIsGivenUpByAPerson:
    def test_has_no_open_page_after_a_void(self, world: World) -> None:
        invoice_id = waiting_invoice_of_events(world)
        payment_url(world, invoice_id)
        replace_item(world, external_customer_id="nobody")

        assert void(world, invoice_id).status == 200
        look_a_minute_later(world, times=15)
        pay_on_open_pages(world)

        assert world.charged() == []

    def test_can_be_voided_after_a_failure_which_is_closed(self, world: World) -> None:
        world.connect()
        world.customer(payment_method=DECLINED)
        invoice_id = world.put_invoice_item()
        world.run()
        replace_item(world, external_customer_id="nobody")
        hours_go_by(world, 2)

        assert void(world, invoice_id).status == 200
        look_a_minute_later(world, times=15)

        assert [one.status for one in world.stripe_client.v1.payment_intents.list().data] == ["canceled"]


def test_a_success_that_comes_in_the_moment_of_a_mistake_does_not_go_back(world: World) -> None:
    world.connect(refund_second_payments=True)
    world.stripe.control.set_settlement_delay(3 * DAY)
    world.customer(payment_method="pm_usBankAccount_success")
    pays_with(world, "us_bank_account")
    invoice_id = world.put_invoice_item(currency="USD")
    world.run()

    replace_item(world, currency="USD", total_amount_cents="4200")
    for _ in range(4):
        days_go_by(world, 1)
    replace_item(world, currency="USD")
    for _ in range(2):
        days_go_by(world, 1)

    assert world.invoice(invoice_id)["payment_status"] == "succeeded"
    assert kept_at_stripe(world) == 4200


@pytest.mark.parametrize("delay", [2, 12, 25])
def test_an_attempt_that_was_refused_by_us_was_looked_for_where_its_item_says_less_by_now(
    world: World, delay: int
) -> None:
    world.connect()
    world.customer()
    world.run()
    invoice_id = world.put_invoice_item(currency="USD")
    world.aws.crash("TransactWriteItems", Moment.BEFORE)
    world.collect_new_invoices()
    lose_events(world)

    world.pass_time(delay * HOUR)
    replace_item(world, currency="USD", total_amount_cents=20)
    hours_go_by(world, 3)

    assert statuses_of_attempts(world, invoice_id) == ["succeeded"]


def test_a_page_that_follows_a_failure_is_not_made_over_more_than_a_smaller_item(world: World) -> None:
    world.connect(authentication_links=True)
    world.customer(payment_method=UNAUTHENTICATED)
    world.put_invoice_item()
    world.run()
    break_stripe(world, CREATE_SESSION, "cut_before_commit", times=99)
    look_a_minute_later(world, times=2)
    world.stripe.control.clear_faults()
    assert len(world.items("payments")) == 2

    replace_item(world, total_amount_cents=1000)
    hours_go_by(world, 3)

    assert [page.amount_total for page in sessions(world) if page.amount_total > 1000] == []


def test_money_in_another_currency_parks_the_item_though_an_attempt_over_the_rest_never_was_at_stripe(
    world: World,
) -> None:
    world.connect()
    world.customer()
    invoice_id = world.put_invoice_item()
    world.run()
    break_stripe(world, CREATE_INTENT, "500_before_commit", times=4)
    replace_item(world, total_amount_cents=7000)
    becomes_default(world, "pm_card_mastercard")
    world.run()
    assert [one["payment_status"] for one in world.payments(invoice_id)] == ["pending", "succeeded"]

    replace_item(world, total_amount_cents=7000, currency="USD")
    days_go_by(world, 3)

    assert world.charged() == [4200]
    (parked,) = world.invoice(invoice_id)["error_details"]
    assert parked["details"] == {"currency": ["does_not_match_payments"]}


def test_the_rest_of_a_larger_item_is_not_charged_while_another_systems_debit_is_on_its_way(world: World) -> None:
    world.connect()
    world.customer()
    invoice_id = world.put_invoice_item()
    world.run()
    world.stripe.control.set_settlement_delay(2 * DAY)
    debit: Any = {"payment_method": "pm_usBankAccount_success", "allowed_payment_method_types": ["us_bank_account"]}
    collect_under_name(world, invoice_id, 2800, currency="usd", **debit)
    replace_item(world, total_amount_cents=7000)

    becomes_default(world, "pm_card_mastercard")
    world.run()

    assert world.charged() == [4200]
