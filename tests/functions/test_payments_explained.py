"""Each payment says what was charged, why it failed, when it ended, and where it is in Stripe's dashboard."""

from typing import Any

from builders.customers import DECLINED, default_at_stripe
from builders.debits import IBAN_THAT_SUCCEEDS, sepa_invoice
from builders.due import days_go_by, look_a_minute_later
from builders.invoices import collected, failed_invoice
from builders.links import invoice_with_page, pay_on_page
from builders.payments import pay_by_hand
from builders.read import notification_bodies
from builders.records import payment_record
from paystream.lago.payments import payment_object
from world.world import World

VISA = {"type": "card", "brand": "visa", "exp_month": 12, "exp_year": 2027}
NOTHING_OF_STRIPE = ("failure", "payment_method", "provider_url")


def only_payment(world: World, invoice_id: str) -> dict[str, Any]:
    (payment,) = world.payments(invoice_id)
    return payment


class TestWhatWasCharged:
    def test_a_card_that_was_charged_is_shown_with_its_brand_last_digits_and_expiry(self, world: World) -> None:
        world.connect()
        card = default_at_stripe(world, world.customer())
        payment = only_payment(world, collected(world))

        assert payment["payment_method"] == VISA | {"id": card, "last4": "4242"}
        assert payment["failure"] is None
        assert payment["ended_at"] == "2026-11-23T10:00:00Z"

    def test_a_card_that_was_declined_is_shown_too(self, world: World) -> None:
        payment = only_payment(world, failed_invoice(world, card=DECLINED))

        assert payment["payment_method"]["last4"] == "0341"
        assert payment["failure"]["decline_code"] == "generic_decline"
        assert payment["failure"]["explanation"] == "The bank declined the card without saying why."
        assert payment["failure"]["at"] == payment["ended_at"] == "2026-11-23T10:00:00Z"

    def test_a_debit_shows_its_account_from_the_moment_it_is_on_its_way(self, world: World) -> None:
        invoice_id = sepa_invoice(world)

        payment = only_payment(world, invoice_id)

        assert (payment["payment_status"], payment["ended_at"]) == ("processing", None)
        assert payment["payment_method"]["type"] == "sepa_debit"
        assert payment["payment_method"]["last4"] == IBAN_THAT_SUCCEEDS[-4:]
        world.run()
        days_go_by(world, 14)
        paid = only_payment(world, invoice_id)
        assert (paid["payment_status"], paid["payment_method"]) == ("succeeded", payment["payment_method"])

    def test_what_was_paid_on_a_page_is_shown_once_the_page_was_looked_at(self, world: World) -> None:
        invoice_id = invoice_with_page(world)

        pay_on_page(world, "pm_card_mastercard")
        world.run()
        look_a_minute_later(world)

        paid = world.payments(invoice_id)[0]
        assert paid["payment_status"] == "succeeded"
        assert (paid["payment_method"]["brand"], paid["payment_method"]["last4"]) == ("mastercard", "4444")

    def test_an_open_page_has_charged_nothing(self, world: World) -> None:
        page = world.payments(invoice_with_page(world))[0]

        assert [page[name] for name in NOTHING_OF_STRIPE] == [None, None, None]

    def test_what_is_notified_says_it_beside_lagos_words(self, world: World) -> None:
        world.connect()
        world.customer()
        collected(world)

        (paid,) = [one["payment"] for one in notification_bodies(world) if one["object_type"] == "payment"]

        assert paid["payment_method"]["last4"] == "4242"
        assert paid["payment_method"]["id"] == paid["payment_method"]["provider_method_id"]

    def test_money_by_hand_is_of_no_payment_method(self, world: World) -> None:
        invoice_id = failed_invoice(world)
        pay_by_hand(world, invoice_id, 4200)

        (by_hand,) = [one for one in world.payments(invoice_id) if one["type"] == "manual"]

        assert [by_hand[name] for name in NOTHING_OF_STRIPE] == [None, None, None]
        assert by_hand["ended_at"] == by_hand["created_at"]


class TestWhereItIsAtStripe:
    def test_the_url_leads_to_its_account_in_test_mode(self, world: World) -> None:
        account_id = world.connect()["account_id"]
        world.customer()
        payment = only_payment(world, collected(world))

        expected = f"https://dashboard.stripe.com/{account_id}/test/payments/{payment['provider_payment_id']}"
        assert payment["provider_url"] == expected

    def test_in_live_mode_it_has_no_mode(self) -> None:
        live = payment_record(account_key="acct_1#live", provider_payment_id="pi_1")

        assert payment_object(live)["provider_url"] == "https://dashboard.stripe.com/acct_1/payments/pi_1"

    def test_there_is_none_of_a_payment_that_was_written_before_accounts_were_kept(self) -> None:
        assert payment_object(payment_record(account_key=None, provider_payment_id="pi_1"))["provider_url"] is None


def test_a_failure_keeps_its_time_when_its_intent_is_closed(world: World) -> None:
    invoice_id = failed_invoice(world, retry_schedule_days=[])
    failed_at = only_payment(world, invoice_id)["failure"]["at"]

    days_go_by(world, 2)

    closed = only_payment(world, invoice_id)
    assert (closed["status"], closed["failure"]["at"], closed["ended_at"]) == ("canceled", failed_at, failed_at)
