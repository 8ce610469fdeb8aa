"""A method that is declined for good: another one of a customer who has agreed is charged, each at most once."""

from typing import Any

import pytest
from builders.accounts import INTEGRATION_PATH
from builders.customers import (
    BLOCKED,
    CUSTOMERS_PATH,
    DECLINED,
    attach,
    change_customer,
    default_at_stripe,
    make_default,
)
from builders.due import days_go_by, hours_go_by, look_a_minute_later
from builders.durations import DAY
from builders.invoices import collected, replace_item
from builders.operators_faults import minutes_go_by, refuse_charges, take_charges
from builders.read import intents, invoice_statuses, notified_attempts, payment_statuses, still_payable
from builders.stripe_events import lose_events
from builders.stripe_requests import CREATE_INTENT, break_stripe
from paystream.model.payment_method_types import MOST_TRIES
from world.aws_calls import Moment
from world.world import World

CONSENT = {"given_by": "Ann Acme", "given_at": "2026-11-20T09:30:00+01:00", "given_how": "terms of 2026-11"}
VISA, MASTERCARD = "pm_card_visa", "pm_card_mastercard"


def customer_with_wallet(world: World, default: str, *others: str, **settings: Any) -> tuple[str, list[str]]:
    """A customer who has agreed, and has these; the others a second apart. Returns `cus_…`, and the ids of all."""
    world.connect(fallback_payment_methods=True, **settings)
    customer = world.customer(payment_method=default)
    change_customer(world, fallback_payment_consent=CONSENT)
    methods = [str(default_at_stripe(world, customer))]
    for other in others:
        world.pass_time(1)
        methods.append(attach(world, customer, other))
    world.run()
    return customer, methods


def withdraw(world: World, what: str) -> None:
    """From now on no other method may be charged."""
    if what == "the setting":
        world.api("PUT", INTEGRATION_PATH, {"integration": {"fallback_payment_methods": False}})
    else:
        change_customer(world, fallback_payment_consent=None)


def charged_methods(world: World) -> list[str]:
    """What was charged, with success or without, in order."""
    return [str(_method_of(one)) for one in reversed(intents(world))]


def _method_of(intent: Any) -> str | None:
    error = intent.last_payment_error
    return intent.payment_method or (error.payment_method.id if error else None)


def charges(world: World) -> int:
    return world.stripe_calls()


class TestAHardDecline:
    def test_goes_on_to_another_method_within_minutes(self, world: World) -> None:
        customer_with_wallet(world, BLOCKED, VISA)

        invoice_id = collected(world)
        look_a_minute_later(world)

        assert payment_statuses(world, invoice_id) == ["succeeded", "failed"]
        assert (world.charged(), still_payable(world)) == ([4200], [])

    def test_is_notified_with_the_method_that_failed_and_the_one_that_is_charged_next(self, world: World) -> None:
        _, (blocked, visa) = customer_with_wallet(world, BLOCKED, VISA)

        collected(world)

        (failure,) = notified_attempts(world, "invoice.payment_failure")
        named = [failure[name]["provider_method_id"] for name in ("payment_method", "next_payment_method")]
        assert (named, failure["will_retry"]) == ([blocked, visa], True)
        assert "invoice.payment_abandoned" not in world.notified()

    def test_tries_each_method_once_the_newest_first_and_then_waits_for_the_customer(self, world: World) -> None:
        customer_with_wallet(world, BLOCKED, BLOCKED, "pm_card_riskLevelHighest")

        invoice_id = collected(world)
        look_a_minute_later(world, times=5)
        days_go_by(world, 8)

        assert charges(world) == len(payment_statuses(world, invoice_id)) == 2
        assert invoice_statuses(world, [invoice_id]) == ["failed"]
        last = notified_attempts(world, "invoice.payment_failure")[-1]
        assert (last["will_retry"], last["next_payment_method"]) == (False, None)

    def test_leaves_the_same_card_alone_that_is_on_file_twice(self, world: World) -> None:
        customer_with_wallet(world, BLOCKED, BLOCKED)

        collected(world)
        look_a_minute_later(world, times=3)

        assert charges(world) == 1

    def test_leaves_alone_what_the_customer_may_not_pay_with(self, world: World) -> None:
        customer_with_wallet(world, BLOCKED, "pm_usBankAccount_success")

        collected(world)
        look_a_minute_later(world, times=3)

        assert charges(world) == 1

    def test_lets_another_default_go_first(self, world: World) -> None:
        customer, (_, _, mastercard) = customer_with_wallet(world, BLOCKED, VISA, MASTERCARD)
        invoice_id = collected(world)
        visa_first = attach(world, customer, "pm_card_amex")
        make_default(world, customer, visa_first)

        world.run()
        look_a_minute_later(world, times=2)

        assert payment_statuses(world, invoice_id) == ["succeeded", "failed"]
        assert charged_methods(world)[-1] == visa_first != mastercard

    def test_that_is_only_heard_of_by_an_event_goes_on_as_well(self, world: World) -> None:
        customer_with_wallet(world, BLOCKED, VISA)
        invoice_id = world.create_invoice()
        record = world.stream_event(world.new_images("invoices"))
        world.aws.crash("TransactWriteItems", Moment.BEFORE)
        world.invoke("invoice-created", record)
        world.run()
        look_a_minute_later(world, times=2)

        assert payment_statuses(world, invoice_id) == ["succeeded", "failed"]

    @pytest.mark.parametrize("tried", [1, 2])
    def test_goes_on_to_another_method_though_the_item_was_replaced(self, world: World, tried: int) -> None:
        """The same is put over the invoice: what was announced is done, and nothing is notified twice."""
        _, methods = customer_with_wallet(world, BLOCKED, VISA, *[MASTERCARD] * (tried - 1))
        for method in methods[2:]:
            world.stripe.control.set_outcome(method, "lost_card")
        invoice_id = collected(world)
        look_a_minute_later(world, times=tried - 1)

        replace_item(world, lago_id=invoice_id)
        look_a_minute_later(world, times=2)
        hours_go_by(world, 1)

        assert (world.charged(), invoice_statuses(world, [invoice_id])) == ([4200], ["succeeded"])
        assert len(notified_attempts(world, "invoice.payment_failure")) == tried

    def test_goes_on_to_the_same_method_once_the_account_takes_charges_again(self, world: World) -> None:
        _, methods = customer_with_wallet(world, BLOCKED, VISA)
        invoice_id = collected(world)
        refuse_charges(world)
        look_a_minute_later(world)
        take_charges(world)

        minutes_go_by(world, 60)

        assert (charged_methods(world), invoice_statuses(world, [invoice_id])) == (methods, ["succeeded"])
        assert len(notified_attempts(world, "invoice.payment_failure")) == 1


class TestNoOtherMethodIsCharged:
    @pytest.mark.parametrize("lacking", ["the setting", "the consent"])
    def test_without_the_setting_and_the_consent(self, world: World, lacking: str) -> None:
        customer_with_wallet(world, BLOCKED, VISA)
        withdraw(world, lacking)

        collected(world)
        look_a_minute_later(world, times=3)

        assert (charges(world), world.charged()) == (1, [])
        (failure,) = notified_attempts(world, "invoice.payment_failure")
        assert (failure["will_retry"], failure["next_payment_method"]) == (False, None)

    def test_once_the_consent_was_withdrawn_though_it_was_planned(self, world: World) -> None:
        customer_with_wallet(world, BLOCKED, VISA)
        invoice_id = collected(world)
        change_customer(world, fallback_payment_consent=None)

        look_a_minute_later(world, times=3)

        assert (charges(world), invoice_statuses(world, [invoice_id])) == (1, ["failed"])
        last = notified_attempts(world, "invoice.payment_failure")[-1]
        assert last["error_details"] == {"code": "fallback_payment_consent_withdrawn"}

    @pytest.mark.parametrize("lacking", ["the setting", "the consent"])
    def test_once_the_consent_was_withdrawn_though_it_was_declined_before_and_is_to_be_tried_again(
        self, world: World, lacking: str
    ) -> None:
        _, methods = customer_with_wallet(world, BLOCKED, DECLINED)
        invoice_id = collected(world)
        look_a_minute_later(world)
        withdraw(world, lacking)

        days_go_by(world, 1)
        days_go_by(world, 1)

        assert (charged_methods(world), invoice_statuses(world, [invoice_id])) == (methods, ["failed"])
        last = notified_attempts(world, "invoice.payment_failure")[-1]
        assert last["error_details"] == {"code": "fallback_payment_consent_withdrawn"}

    @pytest.mark.parametrize("lacking", ["the setting", "the consent"])
    def test_once_the_consent_was_withdrawn_though_the_attempt_is_on_record(self, world: World, lacking: str) -> None:
        _, (_, visa) = customer_with_wallet(world, BLOCKED, VISA)
        invoice_id = collected(world)
        break_stripe(world, CREATE_INTENT, "cut_before_commit")
        look_a_minute_later(world)
        withdraw(world, lacking)

        hours_go_by(world, 2)

        assert (world.charged(), invoice_statuses(world, [invoice_id])) == ([], ["failed"])
        last = notified_attempts(world, "invoice.payment_failure")[-1]
        assert last["provider_error"]["error_code"] == "fallback_payment_consent_withdrawn"
        assert (last["payment_method"]["provider_method_id"], last["will_retry"]) == (visa, False)

    def test_after_which_it_is_charged_once_it_is_the_default(self, world: World) -> None:
        customer, (_, visa) = customer_with_wallet(world, BLOCKED, VISA)
        invoice_id = collected(world)
        break_stripe(world, CREATE_INTENT, "cut_before_commit")
        look_a_minute_later(world)
        withdraw(world, "the consent")
        hours_go_by(world, 2)

        make_default(world, customer, visa)
        world.run()
        look_a_minute_later(world)

        assert (world.charged(), invoice_statuses(world, [invoice_id])) == ([4200], ["succeeded"])

    def test_but_what_was_charged_before_the_consent_was_withdrawn_is_on_record(self, world: World) -> None:
        customer_with_wallet(world, BLOCKED, VISA)
        invoice_id = collected(world)
        break_stripe(world, CREATE_INTENT, "cut_after_commit")
        world.pass_time(60)
        world.look_again()
        lose_events(world)
        withdraw(world, "the consent")

        hours_go_by(world, 2)

        assert (world.charged(), invoice_statuses(world, [invoice_id])) == ([4200], ["succeeded"])

    def test_after_a_decline_that_passes(self, world: World) -> None:
        _, (declined, _) = customer_with_wallet(world, DECLINED, VISA)

        collected(world)
        world.pass_time(DAY)
        world.look_again()

        assert charged_methods(world) == [declined, declined]

    def test_of_an_invoice_that_names_its_own(self, world: World) -> None:
        _, (_, visa) = customer_with_wallet(world, VISA, BLOCKED)
        chosen = world.api("GET", f"{CUSTOMERS_PATH}/acme/payment_methods").body["payment_methods"]
        (blocked,) = [one["lago_id"] for one in chosen if not one["is_default"]]

        collected_with = {"payment_method_type": "provider", "payment_method_id": blocked}
        world.create_invoice(payment_method=collected_with)
        world.run()
        look_a_minute_later(world, times=3)

        assert (charges(world), charged_methods(world)) == (1, [visa])


class TestTheLimits:
    def test_count_a_card_over_all_invoices_of_the_customer(self, world: World) -> None:
        """Each was tried once; the plan of the last one would be the sixteenth try."""
        world.connect()
        world.customer(payment_method=DECLINED)
        made = [collected(world, amount=1000 + number) for number in range(MOST_TRIES)]

        retries = [world.invoice(invoice_id)["next_retry_at"] for invoice_id in made]
        assert [retry is None for retry in retries] == [False] * (MOST_TRIES - 1) + [True]

    def test_leave_a_card_alone_that_was_declined_for_good_for_another_invoice(self, world: World) -> None:
        customer, (blocked, visa) = customer_with_wallet(world, BLOCKED, VISA)
        collected(world)
        look_a_minute_later(world)
        make_default(world, customer, visa)
        world.run()
        world.stripe.control.set_outcome(visa, "stolen_card")

        collected(world, amount=1000)
        look_a_minute_later(world, times=3)

        assert charged_methods(world).count(blocked) == 1

    def test_what_is_kept_of_cards_is_bounded(self, world: World) -> None:
        world.connect()
        world.customer(payment_method=DECLINED)
        for _ in range(3):
            collected(world)

        (customer,) = world.items("customers")
        (card,) = customer["card_declines"]
        assert len(card["declined_at"]) == 3


class TestTheConsent:
    def test_is_shown_as_it_was_given_in_utc(self, world: World) -> None:
        change_customer(world, fallback_payment_consent=CONSENT)

        shown = world.api("GET", f"{CUSTOMERS_PATH}/acme").body["customer"]["fallback_payment_consent"]
        assert shown == CONSENT | {"given_at": "2026-11-20T08:30:00Z"}

    def test_stays_when_the_customer_is_sent_without_it(self, world: World) -> None:
        change_customer(world, fallback_payment_consent=CONSENT)
        change_customer(world, name="Acme Inc.")

        shown = world.api("GET", f"{CUSTOMERS_PATH}/acme").body["customer"]
        assert shown["fallback_payment_consent"] is not None

    @pytest.mark.parametrize(
        ("wrong", "path"),
        [
            ({"given_at": "yesterday"}, "given_at"),
            ({"given_at": "2026-11-20T09:30:00"}, "given_at"),
            ({"given_at": "0001-01-01T00:00:00+23:59"}, "given_at"),
            ({"given_by": ""}, "given_by"),
            ({"given_how": None}, "given_how"),
        ],
    )
    def test_says_who_when_and_how(self, world: World, wrong: dict[str, Any], path: str) -> None:
        answer = world.api(
            "POST",
            CUSTOMERS_PATH,
            {"customer": {"external_id": "acme", "fallback_payment_consent": CONSENT | wrong}},
        )

        assert answer.status == 422
        assert [*answer.body["error_details"]] == [f"fallback_payment_consent.{path}"]
