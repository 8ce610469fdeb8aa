"""A method that was declined for good for one invoice: the next ones are not charged to it as it is."""

from typing import Any

import pytest
from builders.accounts import connect_with_customer
from builders.customers import attach, change_customer, default_at_stripe, make_default, provider_customer_id
from builders.due import days_go_by, look_a_minute_later
from builders.durations import DAY, MINUTE
from builders.invoices import collected
from builders.payments import retry
from builders.read import NOTIFIED_OF_SUCCESS, intents, invoice_statuses, notified_attempts, payment_statuses
from builders.stripe_requests import CREATE_INTENT
from world.aws_calls import Moment
from world.world import World

AGREED_LONG_AGO = {"given_by": "Ann Acme", "given_at": "2026-11-20T09:30:00Z", "given_how": "terms of 2026-11"}
CODE = "payment_method_declined_before"


def card_declined_for_good(world: World, reason: str = "stolen_card", **settings: Any) -> str:
    """The default of `acme`, which was declined with this reason for an invoice the day before; its `pm_…` id."""
    world.connect(**settings)
    world.customer()
    card = str(default_at_stripe(world, provider_customer_id(world)))
    world.stripe.control.set_outcome(card, reason)
    assert invoice_statuses(world, [collected(world)]) == ["failed"]
    world.pass_time(DAY)
    return card


def with_another_on_file(world: World) -> str:
    """The customer has agreed that another method is charged, and has one since today; its `pm_…` id."""
    change_customer(world, fallback_payment_consent=AGREED_LONG_AGO)
    return attach(world, provider_customer_id(world), "pm_card_mastercard")


def sent_charges(world: World) -> int:
    return world.stripe_calls(CREATE_INTENT)


class TestTheNextInvoice:
    @pytest.mark.parametrize("reason", ["stolen_card", "lost_card", "expired_card", "incorrect_number"])
    def test_is_not_sent_and_has_failed_with_the_reason(self, world: World, reason: str) -> None:
        card_declined_for_good(world, reason)

        invoice_id = collected(world)
        days_go_by(world, 8)

        assert (sent_charges(world), invoice_statuses(world, [invoice_id])) == (1, ["failed"])
        failure = notified_attempts(world, "invoice.payment_failure")[-1]
        assert (failure["provider_error"]["error_code"], failure["will_retry"]) == (CODE, False)

    def test_is_notified_once_as_the_first_one_was(self, world: World) -> None:
        card_declined_for_good(world)
        days_go_by(world, 2)
        of_the_first = world.notified()

        collected(world)
        days_go_by(world, 2)

        assert world.notified() == sorted(2 * of_the_first)

    def test_is_collected_as_soon_as_there_is_another_card(self, world: World) -> None:
        card_declined_for_good(world)
        invoice_id = collected(world)
        customer = provider_customer_id(world)
        world.pass_time(20 * MINUTE)

        make_default(world, customer, attach(world, customer))
        world.run()

        assert payment_statuses(world, invoice_id) == ["succeeded", "failed"]

    def test_is_collected_with_the_same_card_once_that_is_renewed(self, world: World) -> None:
        card = card_declined_for_good(world, "expired_card")
        invoice_id = collected(world)
        world.pass_time(20 * MINUTE)

        world.stripe.control.update_card(card, exp_year=2031)
        world.run()

        assert payment_statuses(world, invoice_id) == ["succeeded", "failed"]

    def test_is_sent_where_a_request_asks_for_it_and_what_pays_is_charged_again(self, world: World) -> None:
        card = card_declined_for_good(world)
        invoice_id = collected(world)
        world.stripe.control.set_outcome(card, None)
        world.pass_time(20 * MINUTE)

        retry(world, invoice_id)
        world.collect_due()
        world.run()
        later = collected(world)

        assert invoice_statuses(world, [invoice_id, later]) == ["succeeded", "succeeded"]

    def test_is_sent_a_month_later(self, world: World) -> None:
        card_declined_for_good(world)
        world.pass_time(30 * DAY)

        collected(world)

        assert sent_charges(world) == 2

    @pytest.mark.parametrize("reason", ["insufficient_funds", "fraudulent", "incorrect_cvc"])
    def test_is_sent_where_the_reason_was_of_one_charge(self, world: World, reason: str) -> None:
        card_declined_for_good(world, reason, retry_schedule_days=[])

        collected(world)

        assert sent_charges(world) == 2

    def test_that_was_not_sent_counts_for_no_card(self, world: World) -> None:
        card_declined_for_good(world)
        for _ in range(3):
            collected(world)

        (customer,) = world.items("customers")
        assert len(customer["card_declines"][0]["declined_at"]) == 1


class TestWithOthersOnFile:
    def test_the_next_one_is_charged_directly_and_nothing_has_failed(self, world: World) -> None:
        card_declined_for_good(world, fallback_payment_methods=True)
        other = with_another_on_file(world)
        before = world.notified()

        invoice_id = collected(world)

        assert payment_statuses(world, invoice_id) == ["succeeded"]
        assert sent_charges(world) == 2
        assert world.notified() == sorted([*before, *NOTIFIED_OF_SUCCESS])
        assert intents(world)[0].payment_method == other

    def test_not_without_consent(self, world: World) -> None:
        card_declined_for_good(world, fallback_payment_methods=True)
        attach(world, provider_customer_id(world), "pm_card_mastercard")

        invoice_id = collected(world)
        look_a_minute_later(world, times=3)

        assert (sent_charges(world), payment_statuses(world, invoice_id)) == (1, ["failed"])

    def test_what_fails_as_well_waits_for_the_customer(self, world: World) -> None:
        card_declined_for_good(world, fallback_payment_methods=True)
        world.stripe.control.set_outcome(with_another_on_file(world), "stolen_card")

        invoice_id = collected(world)
        look_a_minute_later(world, times=20)
        days_go_by(world, 2)

        assert (sent_charges(world), payment_statuses(world, invoice_id)) == (2, ["failed"])

    @pytest.mark.parametrize("moment", Moment)
    @pytest.mark.parametrize("crashes", [1, 2])
    def test_a_crash_at_each_write_charges_once(self, world: World, moment: Moment, crashes: int) -> None:
        card_declined_for_good(world, fallback_payment_methods=True)
        with_another_on_file(world)
        invoice_id = world.create_invoice()
        record = world.stream_event(world.new_images("invoices"))
        for _ in range(crashes):
            world.aws.crash("TransactWriteItems", moment)

        for _ in range(3):
            world.invoke("invoice-created", record)
        world.run()
        look_a_minute_later(world, times=20)

        assert (world.charged(), invoice_statuses(world, [invoice_id])) == ([4200], ["succeeded"])


class TestAnAttemptThatMayHaveBeenSent:
    def test_is_looked_up_before_it_is_refused(self, world: World) -> None:
        """It was charged, which nobody wrote down; then the card was declined for another invoice."""
        connect_with_customer(world)
        card = str(default_at_stripe(world, provider_customer_id(world)))
        first = world.create_invoice()
        record = world.stream_event(world.new_images("invoices"))
        world.aws.crash("TransactWriteItems", Moment.BEFORE)
        world.invoke("invoice-created", record)
        world.stripe.due_deliveries()
        world.stripe.control.set_outcome(card, "stolen_card")
        assert invoice_statuses(world, [collected(world)]) == ["failed"]

        look_a_minute_later(world, times=30)

        assert invoice_statuses(world, [first]) == ["succeeded"]
        assert world.charged() == [4200]
        assert len(notified_attempts(world, "invoice.payment_failure")) == 1

    def test_is_refused_ten_minutes_after_the_decline_where_it_was_not_sent(self, world: World) -> None:
        connect_with_customer(world)
        card = str(default_at_stripe(world, provider_customer_id(world)))
        world.stripe.control.set_outcome(card, "stolen_card")
        made = [collected(world) for _ in range(3)]

        look_a_minute_later(world, times=12)

        assert (sent_charges(world), invoice_statuses(world, made)) == (1, ["failed"] * 3)


class TestAPlannedRetry:
    """It was declined for lack of money, and for good for another invoice before its next attempt."""

    def planned(self, world: World, **settings: Any) -> str:
        world.connect(retry_schedule_days=[3], **settings)
        world.customer()
        card = str(default_at_stripe(world, provider_customer_id(world)))
        world.stripe.control.set_outcome(card, "insufficient_funds")
        invoice_id = collected(world)
        world.pass_time(DAY)
        world.stripe.control.set_outcome(card, "stolen_card")
        collected(world)
        return invoice_id

    def test_is_not_sent_and_nothing_follows(self, world: World) -> None:
        invoice_id = self.planned(world)

        for _ in range(5):
            days_go_by(world, 2)

        assert (sent_charges(world), payment_statuses(world, invoice_id)) == (2, ["failed", "failed"])
        assert world.invoice(invoice_id)["next_retry_at"] is None

    def test_charges_another_method_of_a_customer_who_has_agreed(self, world: World) -> None:
        invoice_id = self.planned(world, fallback_payment_methods=True)
        with_another_on_file(world)

        days_go_by(world, 2)

        assert (sent_charges(world), payment_statuses(world, invoice_id)) == (3, ["succeeded", "failed"])

    def test_is_sent_where_a_request_asks_for_it(self, world: World) -> None:
        invoice_id = self.planned(world)

        retry(world, invoice_id)
        world.collect_due()

        assert (sent_charges(world), payment_statuses(world, invoice_id)) == (3, ["failed", "failed"])
