"""Each invoice says why it was not collected, what comes next, and when: in lists as it does alone."""

from typing import Any

import pytest
from builders.accounts import disconnect_at_once
from builders.customers import DECLINED, UNAUTHENTICATED, becomes_default, default_at_stripe
from builders.due import days_go_by, hours_go_by, look_a_minute_later
from builders.invoices import collected, failed_invoice, unknown_invoice, waiting_invoice
from builders.links import invoice_with_page
from builders.operators_faults import customers_with_invoices, refuse_charges
from builders.read import notification_bodies
from world.world import World

LACKS_MONEY, STOLEN = "insufficient_funds", "stolen_card"
OF_CORE = ("stage", "waiting_for", "next_step", "last_failure", "explanation", "ended_at")


def explained(world: World, invoice_id: str) -> dict[str, Any]:
    """What an invoice says of itself: the same alone and in the list."""
    alone = {name: world.invoice(invoice_id)[name] for name in OF_CORE}
    listed = {one["lago_id"]: one for one in world.api("GET", "/api/v1/invoices").body["invoices"]}
    assert {name: listed[invoice_id][name] for name in OF_CORE} == alone
    return alone


def declined_invoice(world: World, reason: str, **settings: Any) -> str:
    """An invoice whose card the bank declines for this reason, whenever it is charged."""
    world.connect(**settings)
    customer = world.customer()
    world.stripe.control.set_outcome(str(default_at_stripe(world, customer)), reason)
    return collected(world)


class TestAfterADecline:
    def test_the_retry_is_counted_and_has_its_day(self, world: World) -> None:
        invoice_id = declined_invoice(world, LACKS_MONEY, retry_schedule_days=[1, 3, 5])

        said = explained(world, invoice_id)

        assert (said["stage"], said["waiting_for"], said["ended_at"]) == (
            "retry_planned",
            "another_payment_method",
            None,
        )
        assert said["next_step"] == {
            "kind": "charge",
            "at": "2026-11-24T10:00:00Z",
            "attempt": 2,
            "attempts": 4,
            "explanation": "Tried again on 24 November, attempt 2 of 4.",
        }
        assert said["explanation"] == (
            "The bank says the account lacks the money. Tried again on 24 November, attempt 2 of 4."
        )

    def test_the_failure_has_both_texts_its_class_and_its_source(self, world: World) -> None:
        invoice_id = declined_invoice(world, LACKS_MONEY)

        assert explained(world, invoice_id)["last_failure"] == {
            "code": "card_declined",
            "decline_code": "insufficient_funds",
            "network_decline_code": "51",
            "class": "later",
            "at": "2026-11-23T10:00:00Z",
            "explanation": "The bank says the account lacks the money.",
            "customer_explanation": "There was not enough money for the payment. Please see to it, or pay with another "
            "payment method.",
            "source": "https://docs.stripe.com/declines/codes",
        }

    def test_each_try_counts_on_until_the_schedule_is_used_up(self, world: World) -> None:
        invoice_id = declined_invoice(world, LACKS_MONEY, retry_schedule_days=[1, 3])
        days_go_by(world, 1)
        assert explained(world, invoice_id)["next_step"]["explanation"] == "Tried again on 27 November, attempt 3 of 3."

        days_go_by(world, 3)

        said = explained(world, invoice_id)
        assert (said["stage"], said["next_step"]["kind"]) == ("waits_for_another_method", "wait")
        assert said["explanation"] == (
            "The bank says the account lacks the money. Nothing more is planned. Send a payment link, or wait for "
            "another payment method."
        )
        assert said["last_failure"]["at"] == "2026-11-27T10:00:00Z"

    def test_a_stolen_card_is_not_tried_again_and_the_customer_is_not_told_that_it_is_stolen(
        self, world: World
    ) -> None:
        invoice_id = declined_invoice(world, STOLEN)

        said = explained(world, invoice_id)

        assert said["explanation"] == (
            "The card is reported as stolen. Not for the customer's eyes. It is not tried again with this payment "
            "method. Send a payment link, or wait for another payment method."
        )
        assert said["last_failure"]["class"] == "never"
        assert said["last_failure"]["customer_explanation"] == (
            "Your bank declined the payment. Please pay with another payment method, or ask your bank."
        )

    def test_with_another_card_it_is_charged_and_says_since_when_it_is_paid(self, world: World) -> None:
        invoice_id = declined_invoice(world, STOLEN)
        days_go_by(world, 2)

        becomes_default(world, "pm_card_mastercard")
        world.run()

        said = explained(world, invoice_id)
        assert (said["stage"], said["next_step"], said["ended_at"]) == ("paid", None, "2026-11-25T10:00:00Z")
        assert said["explanation"] == "Paid on 25 November 2026."

    def test_what_is_notified_says_the_same(self, world: World) -> None:
        invoice_id = declined_invoice(world, LACKS_MONEY)

        (body,) = [one["invoice"] for one in notification_bodies(world) if one["object_type"] == "invoice"]

        assert {name: body[name] for name in OF_CORE} == explained(world, invoice_id)

    def test_a_retry_that_finds_the_account_gone_says_so(self, world: World) -> None:
        invoice_id = declined_invoice(world, LACKS_MONEY)
        disconnect_at_once(world)

        days_go_by(world, 1)

        failure = explained(world, invoice_id)["last_failure"]
        assert failure["code"] == "payment_provider_not_connected"
        assert (failure["source"], failure["at"]) == (None, "2026-11-24T10:00:00Z")


class TestWhileItWaits:
    def test_for_a_payment_method(self, world: World) -> None:
        said = explained(world, waiting_invoice(world))

        assert (said["stage"], said["waiting_for"]) == ("waiting", "payment_method")
        assert said["explanation"] == "Waits for a payment method of the customer."
        assert said["next_step"]["kind"] == "wait"
        assert said["last_failure"] is None

    def test_for_a_customer_whom_stripe_has_refused(self, world: World) -> None:
        world.connect(create_customers=True)
        refused = {"external_id": "acme", "name": "Acme", "email": "nonsense"}
        world.api("POST", "/api/v1/customers", {"customer": refused})
        invoice_id = collected(world)

        said = explained(world, invoice_id)

        assert (said["waiting_for"], said["last_failure"]["code"]) == ("provider_customer", "email_invalid")
        assert said["explanation"] == (
            "The e-mail address is not valid. Waits until Stripe accepts the customer: put right what is said of it, "
            "and store it again."
        )

    def test_for_a_customer_whom_stripe_refuses_while_it_waits(self, world: World) -> None:
        world.connect()
        world.api("POST", "/api/v1/customers", {"customer": {"external_id": "acme", "name": "Acme"}})
        invoice_id = collected(world)
        assert explained(world, invoice_id)["last_failure"] is None
        refused = {"external_id": "acme", "email": "nonsense"}
        billing = {"payment_provider": "stripe", "sync_with_provider": True}
        world.api("POST", "/api/v1/customers", {"customer": {**refused, "billing_configuration": billing}})

        hours_go_by(world, 1)

        assert explained(world, invoice_id)["last_failure"]["code"] == "email_invalid"

    def test_a_customer_whom_stripe_takes_after_all_is_no_reason_any_more(self, world: World) -> None:
        world.connect(create_customers=True)
        world.api("POST", "/api/v1/customers", {"customer": {"external_id": "acme", "email": "nonsense"}})
        invoice_id = collected(world)

        world.api("POST", "/api/v1/customers", {"customer": {"external_id": "acme", "email": "ap@acme.test"}})
        world.run()

        said = explained(world, invoice_id)
        assert (said["waiting_for"], said["last_failure"]) == ("payment_method", None)

    def test_for_an_account_that_takes_no_charges(self, world: World) -> None:
        (invoice_id,) = customers_with_invoices(world, 1)
        refuse_charges(world, "testmode_charges_only")
        world.run()

        said = explained(world, invoice_id)

        assert (said["waiting_for"], said["last_failure"]["class"]) == ("secret_key", "operator")
        assert said["explanation"].startswith("The account is not activated: it takes test charges only.")
        assert said["explanation"].endswith("Collected automatically once that is put right.")
        assert said["last_failure"]["customer_explanation"] == (
            "The payment could not be made for a reason of ours. You need not do anything."
        )

    def test_for_the_customer_on_a_page_until_the_page_expires(self, world: World) -> None:
        invoice_id = failed_invoice(world, card=UNAUTHENTICATED)
        assert explained(world, invoice_id)["next_step"]["kind"] == "payment_link"

        look_a_minute_later(world)

        said = explained(world, invoice_id)
        assert said["stage"] == "page_open"
        assert said["next_step"]["at"] == "2026-11-24T10:01:00Z"
        assert said["explanation"] == (
            "The bank wants the customer to authenticate. The customer can pay by the payment link until 24 November, "
            "10:01 UTC."
        )

    def test_for_an_answer_of_stripe(self, world: World) -> None:
        said = explained(world, unknown_invoice(world))

        assert (said["stage"], said["next_step"]["kind"]) == ("in_flight", "look_up")

    def test_a_page_that_expired_keeps_the_plan_and_its_count(self, world: World) -> None:
        invoice_id = invoice_with_page(world, retry_schedule_days=[3, 5])

        days_go_by(world, 1.1)

        said = explained(world, invoice_id)
        assert said["last_failure"]["code"] == "payment_link_expired"
        assert said["explanation"].startswith("Nobody paid on the page until it expired.")


class TestItsEnd:
    def test_a_void_says_when(self, world: World) -> None:
        invoice_id = failed_invoice(world, card=DECLINED)
        world.pass_time(3600)

        world.api("POST", f"/api/v1/invoices/{invoice_id}/void")

        said = explained(world, invoice_id)
        assert (said["ended_at"], said["explanation"]) == ("2026-11-23T11:00:00Z", "Voided on 23 November 2026.")

    def test_what_is_given_up_by_hand_has_ended_and_ends_again_when_it_is_paid(self, world: World) -> None:
        invoice_id = waiting_invoice(world)
        world.pass_time(3600)
        change = {"invoice": {"payment_status": "failed"}}
        world.api("PUT", f"/api/v1/invoices/{invoice_id}", change)
        said = explained(world, invoice_id)
        assert (said["stage"], said["next_step"], said["ended_at"]) == ("given_up", None, "2026-11-23T11:00:00Z")

        becomes_default(world)
        world.run()
        world.pass_time(3600)
        world.api("POST", f"/api/v1/invoices/{invoice_id}/retry_payment")
        look_a_minute_later(world)

        said = explained(world, invoice_id)
        assert (said["stage"], said["ended_at"]) == ("paid", "2026-11-23T12:01:00Z")

    def test_what_was_never_owed_ended_when_it_was_made(self, world: World) -> None:
        world.connect()
        world.customer()
        invoice_id = collected(world, amount=0)

        said = explained(world, invoice_id)

        assert (said["stage"], said["ended_at"]) == ("paid", "2026-11-23T10:00:00Z")

    @pytest.mark.parametrize("days", [1, 3])
    def test_a_time_that_it_ended_at_stays(self, world: World, days: int) -> None:
        world.connect()
        world.customer()
        invoice_id = collected(world)
        days_go_by(world, days)
        world.api("PUT", f"/api/v1/invoices/{invoice_id}", {"invoice": {"metadata": [{"key": "a", "value": "b"}]}})

        assert explained(world, invoice_id)["ended_at"] == "2026-11-23T10:00:00Z"


def test_an_item_that_is_parked_says_what_is_wrong(world: World) -> None:
    world.connect()
    invoice_id = world.put_invoice_item(currency="Euro")
    world.collect_new_invoices()

    said = explained(world, invoice_id)

    assert (said["stage"], said["next_step"]["kind"]) == ("parked", "review")
    assert said["explanation"] == (
        "The item cannot be collected as it is (currency: value_is_invalid). Void it, and put another one."
    )
