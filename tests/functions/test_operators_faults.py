"""A definite no that is nobody's decline: the account, a type of payment method, a permission, a request of ours."""

from typing import Any

import pytest
from builders.customers import DECLINED, customer_who_pays_with, saved_method
from builders.debits import BANK
from builders.due import hours_go_by
from builders.durations import DAY, MINUTE
from builders.invoices import failed_invoice, waiting_invoice
from builders.operators_faults import (
    NOTIFIED_OPERATOR,
    RESTRICTED,
    OneArrivesLate,
    customers_with_invoices,
    minutes_go_by,
    refuse_charges,
    shown_pause,
    take_charges,
)
from builders.payments import pay_by_hand, retry
from builders.read import count_by_status, notified_of
from paystream import bootstrap
from world.aws_calls import Moment
from world.row_trace import traced_rows
from world.world import SECRET_KEY, World


def error(world: World) -> dict[str, Any]:
    content: dict[str, Any] = world.notification(NOTIFIED_OPERATOR)["payment_provider_error"]
    return content


class TestAnAccountThatTakesNoCharges:
    def test_fails_nobodys_invoice_and_is_notified_once_with_what_to_do(self, world: World) -> None:
        customers_with_invoices(world, 3)
        refuse_charges(world)

        world.run()

        assert count_by_status(world) == {"pending": 3}
        assert world.notified() == [NOTIFIED_OPERATOR]
        assert error(world)["action"] == "payment_intent.create"
        assert error(world)["provider_error"]["code"] == RESTRICTED
        assert "https://dashboard.stripe.com/account/status" in error(world)["provider_error"]["message"]
        assert "Request req_" in error(world)["provider_error"]["message"]
        assert shown_pause(world) == ("2026-11-23T10:00:00Z", RESTRICTED)

    def test_is_asked_again_only_now_and_then(self, world: World) -> None:
        customers_with_invoices(world, 6)
        refuse_charges(world)
        world.run()
        calls = len(world.stripe.control.calls())

        minutes_go_by(world, 4 * 60, step=10)

        looks = 6 * 4 * 6
        assert world.stripe_calls() < looks / 3
        assert len(world.stripe.control.calls()) - calls < looks
        assert notified_of(world, "error") == [NOTIFIED_OPERATOR]
        assert count_by_status(world) == {"pending": 6}

    @pytest.mark.parametrize("after_minutes", [10, 150])
    def test_collects_all_within_an_hour_after_it_is_put_right_and_each_once(
        self, world: World, after_minutes: int
    ) -> None:
        customers_with_invoices(world, 5)
        refuse_charges(world)
        world.run()
        minutes_go_by(world, after_minutes, step=10)
        take_charges(world)

        minutes_go_by(world, 60)

        assert sorted(world.charged()) == [1001, 1002, 1003, 1004, 1005]
        assert count_by_status(world) == {"succeeded": 5}
        assert shown_pause(world) == (None, None)
        assert notified_of(world, "failure") == []
        assert notified_of(world, "error") == [NOTIFIED_OPERATOR]

    def test_collects_at_once_what_it_was_not_asked_for_when_it_is_connected_again(self, world: World) -> None:
        """What Stripe has refused follows ten minutes later: until then a function may be at work on it."""
        customers_with_invoices(world, 1)
        refuse_charges(world)
        world.run()
        world.create_invoice("customer-0", amount=1002)
        world.create_invoice("customer-0", amount=1003)
        world.run()
        assert world.stripe_calls() == 1
        take_charges(world)

        world.connect()
        world.collect_waiting()
        world.pass_time(1)
        world.look_again()

        assert sorted(world.charged()) == [1002, 1003]
        minutes_go_by(world, 15)
        assert sorted(world.charged()) == [1001, 1002, 1003]

    def test_the_refusal_that_stripe_keeps_under_a_key_is_not_taken_for_one_of_now(self, world: World) -> None:
        """The refusal was not written down, and the account is put right before the record comes again."""
        (invoice_id,) = customers_with_invoices(world, 1)
        refuse_charges(world)
        record = world.stream_event(world.new_images("invoices"))
        world.aws.crash("TransactWriteItems", Moment.BEFORE)
        world.invoke("invoice-created", record)
        take_charges(world)

        world.invoke("invoice-created", record)
        minutes_go_by(world, 15)

        assert world.invoice(invoice_id)["payment_status"] == "succeeded"
        assert world.charged() == [1001]
        assert notified_of(world, "error") == []

    def test_a_request_that_arrives_after_another_was_refused_charges_once(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        way = OneArrivesLate(world.stripe)
        monkeypatch.setattr(bootstrap, "stripe_http_client", lambda: way)
        (invoice_id,) = customers_with_invoices(world, 1)
        world.collect_new_invoices()
        assert notified_of(world, "error") == [NOTIFIED_OPERATOR]

        way.arrives()
        minutes_go_by(world, 30)

        assert world.invoice(invoice_id)["payment_status"] == "succeeded"
        assert world.charged() == [1001]

    def test_what_is_on_its_way_there_is_followed_meanwhile(self, world: World) -> None:
        world.stripe.control.set_settlement_delay(DAY)
        world.connect()
        customer_who_pays_with(world, "us_bank_account", payment_method=BANK)
        on_its_way = world.create_invoice(currency="USD")
        world.run()
        refuse_charges(world)
        world.create_invoice(currency="USD")
        world.run()
        world.pass_time(DAY)

        minutes_go_by(world, 30)

        assert world.invoice(on_its_way)["payment_status"] == "succeeded"
        assert notified_of(world, "error") == [NOTIFIED_OPERATOR]

    def test_an_invoice_that_waits_for_it_can_be_paid_by_hand_and_is_not_charged_afterwards(self, world: World) -> None:
        (invoice_id,) = customers_with_invoices(world, 1)
        refuse_charges(world)
        world.run()
        world.pass_time(11 * MINUTE)

        assert pay_by_hand(world, invoice_id, 1001).status == 200

        take_charges(world)
        minutes_go_by(world, 60, step=15)
        assert world.invoice(invoice_id)["payment_status"] == "succeeded"
        assert world.charged() == []

    def test_the_method_of_now_is_charged_and_not_that_of_then(self, world: World) -> None:
        (invoice_id,) = customers_with_invoices(world, 1)
        refuse_charges(world)
        world.run()
        customer = str(world.items("customers")[0]["provider_customer_id"])
        attached = world.stripe_client.v1.payment_methods.attach("pm_card_mastercard", {"customer": customer})
        world.stripe_client.v1.customers.update(customer, {"invoice_settings": {"default_payment_method": attached.id}})
        world.run()
        take_charges(world)

        minutes_go_by(world, 60)

        (payment,) = world.payments(invoice_id)
        assert payment["payment_status"] == "succeeded"
        assert world.charged() == [1001]

    @pytest.mark.parametrize("skip_psp", [False, True])
    def test_what_a_request_has_chosen_is_charged_and_not_the_default(self, world: World, skip_psp: bool) -> None:
        world.connect()
        chosen = saved_method(world, world.customer(payment_method=DECLINED))
        invoice_id = world.create_invoice(skip_psp=skip_psp)
        world.run()
        refuse_charges(world)
        choice = {"payment_method_type": "provider", "payment_method_id": chosen}
        assert retry(world, invoice_id, {"payment_method": choice})[0] == 200
        world.collect_due()
        take_charges(world)

        minutes_go_by(world, 60)

        assert (world.charged(), world.invoice(invoice_id)["payment_status"]) == ([4200], "succeeded")
        assert len(notified_of(world, "failure")) == (0 if skip_psp else 1)

    @pytest.mark.parametrize("moment", Moment)
    @pytest.mark.parametrize("operation", ["TransactWriteItems", "PutItem", "UpdateItem"])
    def test_a_crash_while_it_is_noted_or_ended_changes_nothing_in_the_end(
        self, world: World, operation: str, moment: Moment
    ) -> None:
        customers_with_invoices(world, 2)
        refuse_charges(world)
        record = world.stream_event(world.new_images("invoices"))
        world.aws.crash(operation, moment)
        world.invoke("invoice-created", record)
        world.invoke("invoice-created", record)
        minutes_go_by(world, 20)
        take_charges(world)
        world.aws.crash(operation, moment)

        for _ in range(2):
            world.pass_time(40 * MINUTE)
            world.check_accounts()
            world.collect_waiting()
            world.look_again()
        minutes_go_by(world, 60)

        assert sorted(world.charged()) == [1001, 1002]
        assert count_by_status(world) == {"succeeded": 2}
        assert notified_of(world, "failure") == []

    def test_costs_a_new_invoice_nothing_once_it_is_over(self, world: World) -> None:
        customers_with_invoices(world, 1)
        refuse_charges(world)
        world.run()
        take_charges(world)
        minutes_go_by(world, 60)
        world.create_invoice("customer-0")

        with traced_rows(world.aws) as trace:
            world.collect_new_invoices()

        assert (trace.reads, trace.transactions, trace.writes) == (4, 1, 0)

    def test_a_page_of_it_is_refused_and_made_once_it_is_put_right(self, world: World) -> None:
        """The page follows a charge that wants the customer to authenticate."""
        world.connect()
        world.customer(payment_method="pm_card_authenticationRequired")
        invoice_id = world.create_invoice()
        world.collect_new_invoices()
        refuse_charges(world)
        world.pass_time(MINUTE)
        world.look_again()
        assert notified_of(world, "error") == [NOTIFIED_OPERATOR]
        take_charges(world)

        minutes_go_by(world, 60)

        assert notified_of(world, "requires_action") == ["payment.requires_action"]
        assert world.invoice(invoice_id)["payment_status"] == "pending"
        assert len(notified_of(world, "failure")) == 1

    @pytest.mark.parametrize("hours", [1, 30])
    def test_a_page_that_was_asked_for_is_made_and_notified_once_it_is_put_right(
        self, world: World, hours: int
    ) -> None:
        invoice_id = waiting_invoice(world)
        refuse_charges(world)
        assert world.api("POST", f"/api/v1/invoices/{invoice_id}/payment_url").status == 422
        minutes_go_by(world, 60 * hours, step=30)
        assert (notified_of(world, "failure"), notified_of(world, "requires_action")) == ([], [])
        take_charges(world)

        minutes_go_by(world, 60)

        assert notified_of(world, "requires_action") == ["payment.requires_action"]
        assert notified_of(world, "failure") == []
        assert world.invoice(invoice_id)["payment_status"] == "pending"

    def test_a_page_that_follows_a_failure_is_made_however_long_it_took_to_put_it_right(self, world: World) -> None:
        world.connect()
        world.customer(payment_method="pm_card_authenticationRequired")
        world.create_invoice()
        world.collect_new_invoices()
        refuse_charges(world)
        minutes_go_by(world, 30 * 60, step=30)
        take_charges(world)

        minutes_go_by(world, 60)

        assert notified_of(world, "requires_action") == ["payment.requires_action"]
        assert len(notified_of(world, "failure")) == 1


class TestATypeThatIsNotActivated:
    def test_only_that_type_waits_and_resumes(self, world: World) -> None:
        world.connect()
        customer_who_pays_with(world, "us_bank_account", payment_method=BANK)
        world.customer("with-a-card")
        refuse_charges(world, "payment_method_unactivated", method_type="us_bank_account")
        debits = [world.create_invoice(currency="USD", amount=1000 + number) for number in range(3)]
        world.run()
        card = world.create_invoice("with-a-card", currency="USD")
        world.run()

        assert world.invoice(card)["payment_status"] == "succeeded"
        assert count_by_status(world) == {"pending": 3, "succeeded": 1}
        assert notified_of(world, "error") == [NOTIFIED_OPERATOR]
        assert "us_bank_account" in error(world)["provider_error"]["message"]
        assert "settings/payment_methods" in error(world)["provider_error"]["message"]
        take_charges(world)
        minutes_go_by(world, 60)
        assert {world.invoice(one)["payment_status"] for one in debits} == {"succeeded"}
        assert notified_of(world, "failure") == []


class TestAPermissionThatIsMissing:
    SCOPES = ("accounts_kyc_basic", "webhook", "customer", "payment_method", "payment_intent", "charge", "event")
    ALL = tuple(f"rak_{one}_write" for one in (*SCOPES, "checkout_session"))

    def key_without(self, world: World, lost: str) -> str:
        key = world.stripe.control.add_key(world.account.id, kind="rk", permissions=self.ALL)
        world.connect(secret_key=key)
        world.stripe.control.set_permissions(key, [one for one in self.ALL if one != f"rak_{lost}_write"])
        return key

    def test_pauses_what_it_is_for_and_nothing_else(self, world: World) -> None:
        failed = failed_invoice(world)
        world.customer("with-a-good-card")
        self.key_without(world, "checkout_session")
        world.pass_time(DAY)

        answer = world.api("POST", f"/api/v1/invoices/{failed}/payment_url")
        other = world.create_invoice("with-a-good-card")
        world.collect_new_invoices()

        assert answer.status == 422
        assert "rak_checkout_session_write" in error(world)["provider_error"]["message"]
        assert world.invoice(other)["payment_status"] == "succeeded"

    def test_that_is_given_is_noticed_within_an_hour_without_connecting(self, world: World) -> None:
        world.connect()
        world.customer()
        key = self.key_without(world, "payment_intent")
        world.create_invoice()
        world.run()
        assert count_by_status(world) == {"pending": 1}
        assert "rak_payment_intent_write" in error(world)["provider_error"]["message"]
        world.stripe.control.set_permissions(key, self.ALL)

        minutes_go_by(world, 60)

        assert count_by_status(world) == {"succeeded": 1}
        assert notified_of(world, "error") == [NOTIFIED_OPERATOR]
        assert shown_pause(world) == (None, None)


class TestARequestOfOurs:
    def test_only_the_invoice_that_it_was_for_waits(self, world: World) -> None:
        first, second = customers_with_invoices(world, 2)
        images = world.new_images("invoices")
        refuse_charges(world, "parameter_invalid_string_blank", message="A value is blank.")
        world.invoke("invoice-created", world.stream_event(images[:1]))
        take_charges(world)
        world.invoke("invoice-created", world.stream_event(images[1:]))

        assert [world.invoice(one)["payment_status"] for one in (first, second)] == ["pending", "succeeded"]
        assert notified_of(world, "error") == [NOTIFIED_OPERATOR]
        hours_go_by(world, 2)
        assert world.invoice(first)["payment_status"] == "succeeded"
        assert shown_pause(world) == (None, None)
        assert notified_of(world, "failure") == []

    def test_many_that_are_refused_alike_are_notified_once(self, world: World) -> None:
        customers_with_invoices(world, 4)
        refuse_charges(world, "parameter_unknown", message="Received unknown parameter.")

        world.run()
        hours_go_by(world, 3)

        assert notified_of(world, "error") == [NOTIFIED_OPERATOR]
        assert count_by_status(world) == {"pending": 4}


def test_what_the_key_lacks_is_in_no_log_and_the_key_neither(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    customers_with_invoices(world, 1)
    refuse_charges(world, message=f"Refused for someone@example.com with {SECRET_KEY[:7]}.")

    world.run()

    assert "someone@example.com" not in capsys.readouterr().out
    assert "example.com" not in error(world)["provider_error"]["message"]
