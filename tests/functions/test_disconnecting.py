"""An account that is disconnected while payments are on their way through it: they settle first, then it is gone."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from builders.accounts import INTEGRATION_PATH, ROLLED_KEY, connect_with_customer
from builders.debits import debit_on_its_way
from builders.durations import DAY, HOUR, MINUTE
from builders.invoices import charged_and_not_written_down, failed_invoice, hand_over
from builders.payments import pay_by_hand, void
from builders.stripe_events import event, intent, lose_events, post
from builders.stripe_requests import RETRIEVE_INTENT
from world.api_gateway import Answer
from world.aws_calls import Moment
from world.stored import secrets
from world.world import SECRET_KEY, World, load_event


def disconnect(world: World, *, query: str = "") -> dict[str, Any]:
    answer = world.api("DELETE", INTEGRATION_PATH + query)
    assert answer.status == 200, answer.body
    shown: dict[str, Any] = answer.body["integration"]
    return shown


def finish_disconnecting(world: World) -> dict[str, int]:
    """The schedule runs; returns how many integrations it looked at and disconnected."""
    done: dict[str, int] = world.invoke("connect-integration", load_event("connect-integration-finish"))
    return done


def is_gone(world: World) -> bool:
    """Nothing of it is left, here or at Stripe; or all of it is."""
    left = [world.items("integrations"), secrets(world), world.stripe_client.v1.webhook_endpoints.list().data]
    assert len({bool(one) for one in left}) == 1
    return not left[0]


def disconnecting(world: World) -> str:
    """An account with a debit on its way; returns the invoice's id."""
    invoice_id = debit_on_its_way(world)
    assert disconnect(world)["disconnecting_since"] == "2026-11-23T10:00:00Z"
    return invoice_id


class TestWhileAPaymentIsOnItsWay:
    def test_the_account_stays_and_says_since_when_it_is_disconnecting(self, world: World) -> None:
        disconnecting(world)
        world.pass_time(HOUR)

        assert finish_disconnecting(world) == {"disconnected": 0, "failed": 0}

        assert not is_gone(world)
        shown = world.api("GET", INTEGRATION_PATH).body["integration"]
        assert (shown["disconnecting_since"], shown["is_default"]) == ("2026-11-23T10:00:00Z", False)
        assert disconnect(world)["disconnecting_since"] == "2026-11-23T10:00:00Z"

    def test_it_is_looked_at_until_it_has_settled_though_no_event_comes(self, world: World) -> None:
        invoice_id = disconnecting(world)
        world.pass_time(HOUR)

        world.look_again()
        assert world.invoice(invoice_id)["payment_status"] == "succeeded"
        assert finish_disconnecting(world) == {"disconnected": 1, "failed": 0}

        assert is_gone(world)
        assert finish_disconnecting(world) == {"disconnected": 0, "failed": 0}

    def test_its_event_is_heard(self, world: World) -> None:
        invoice_id = disconnecting(world)
        (payment,) = world.payments(invoice_id)
        succeeded = intent(invoice_id, "succeeded", id=payment["provider_payment_id"])

        assert post(world, event(world, "payment_intent.succeeded", succeeded)).status == 200

        assert world.invoice(invoice_id)["payment_status"] == "succeeded"

    def test_one_that_fails_is_not_tried_again_automatically(self, world: World) -> None:
        invoice_id = disconnecting(world)
        (payment,) = world.payments(invoice_id)
        refused = intent(
            invoice_id,
            "requires_payment_method",
            id=payment["provider_payment_id"],
            last_payment_error={"code": "insufficient_funds", "message": "…", "type": "invalid_request_error"},
        )

        assert post(world, event(world, "payment_intent.payment_failed", refused)).status == 200

        notified = world.notification("invoice.payment_failure")["payment_provider_invoice_payment_error"]
        assert (notified["will_retry"], notified["next_retry_at"]) == (False, None)

    def test_an_attempt_whose_outcome_is_not_known_goes_on_and_is_charged_once(self, world: World) -> None:
        world.connect()
        world.customer()
        invoice_id = world.create_invoice()
        world.stripe.control.disrupt_webhooks("drop", count=None)
        world.stripe.control.add_fault("cut_after_commit", path="/v1/payment_intents", times=2)
        assert len(world.collect_new_invoices()) == 1
        assert disconnect(world)["disconnecting_since"]
        world.pass_time(HOUR)

        world.look_again()
        finish_disconnecting(world)

        assert world.invoice(invoice_id)["payment_status"] == "succeeded"
        assert is_gone(world)

    def test_an_open_link_can_still_be_paid_and_no_other_is_made(self, world: World) -> None:
        invoice_id = failed_invoice(world)
        path = f"/api/v1/invoices/{invoice_id}/payment_url"
        assert world.api("POST", path).status == 200
        assert disconnect(world)["disconnecting_since"]

        assert world.api("POST", path).body["error_details"] == {"base": ["missing_payment_provider"]}

        (page,) = world.stripe_client.v1.checkout.sessions.list().data
        world.stripe.control.complete_checkout(page.id, "pm_card_visa")
        world.run()
        world.pass_time(HOUR)
        assert world.invoice(invoice_id)["payment_status"] == "succeeded"
        assert finish_disconnecting(world)["disconnected"] == 1

    def test_a_link_that_nobody_uses_keeps_the_account_for_its_day_only(self, world: World) -> None:
        invoice_id = failed_invoice(world)
        assert world.api("POST", f"/api/v1/invoices/{invoice_id}/payment_url").status == 200
        disconnect(world)
        world.pass_time(25 * HOUR)

        world.look_again()
        finish_disconnecting(world)

        assert is_gone(world)


class TestWhileAFirstAttemptMayBeWithoutARecord:
    """A function charged, and ended before it wrote so."""

    def test_the_account_stays_until_it_is_found(self, world: World) -> None:
        invoice_id, record = charged_and_not_written_down(world)

        assert disconnect(world)["disconnecting_since"]
        hand_over(world, record)
        for _ in range(3):
            world.pass_time(HOUR)
            finish_disconnecting(world)
            world.look_again()
        finish_disconnecting(world)

        assert world.invoice(invoice_id)["payment_status"] == "succeeded"
        assert is_gone(world)

    def test_its_event_is_heard(self, world: World) -> None:
        invoice_id, _ = charged_and_not_written_down(world)
        disconnect(world)

        world.run()

        assert world.invoice(invoice_id)["payment_status"] == "succeeded"

    def test_it_is_found_though_the_record_never_comes_again(self, world: World) -> None:
        invoice_id, _ = charged_and_not_written_down(world)
        disconnect(world)
        lose_events(world)

        for _ in range(3):
            world.pass_time(20 * MINUTE)
            finish_disconnecting(world)
            world.look_again()
        finish_disconnecting(world)

        assert world.invoice(invoice_id)["payment_status"] == "succeeded"
        assert is_gone(world)

    def test_the_account_is_gone_at_once_by_force(self, world: World) -> None:
        charged_and_not_written_down(world)

        assert disconnect(world, query="?force=true")["disconnecting_since"] is None

        assert is_gone(world)

    def test_what_was_never_sent_keeps_the_account_for_a_day_only(self, world: World) -> None:
        connect_with_customer(world)
        world.create_invoice()
        assert disconnect(world)["disconnecting_since"]
        world.run()
        world.pass_time(HOUR)
        world.look_again()
        assert finish_disconnecting(world) == {"disconnected": 0, "failed": 0}

        world.pass_time(DAY)

        assert finish_disconnecting(world) == {"disconnected": 1, "failed": 0}

    def test_what_waits_for_a_first_payment_method_keeps_no_account(self, world: World) -> None:
        world.connect()
        world.customer(payment_method=None)
        world.run()
        world.pass_time(HOUR)
        world.create_invoice()
        world.run()

        assert disconnect(world)["disconnecting_since"] is None

    def test_what_another_account_is_to_collect_keeps_none(self, world: World) -> None:
        connect_with_customer(world)
        world.create_invoice()
        other = world.stripe.control.add_account()
        world.connect("other", secret_key=other["secret_key"])

        answer = world.api("DELETE", "/api/v1/integrations/stripe/other")

        assert answer.body["integration"]["disconnecting_since"] is None

    def test_that_there_are_more_than_are_judged_keeps_it_for_a_day(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("paystream.use_cases.accounts.disconnect_integration._A_PAGE", 1)
        world.connect()
        world.customer("nobody", payment_method=None)
        for _ in range(11):
            world.create_invoice("nobody")
        world.run()
        world.pass_time(DAY)

        assert disconnect(world)["disconnecting_since"]

        world.pass_time(2 * DAY)
        assert finish_disconnecting(world) == {"disconnected": 1, "failed": 0}


class TestNothingNewBegins:
    def test_a_new_invoice_waits(self, world: World) -> None:
        disconnecting(world)
        intents = world.stripe_calls()

        invoice_id = world.create_invoice()
        world.run()

        assert world.stripe_calls() == intents
        (item,) = [item for item in world.items("invoices") if item["lago_id"] == invoice_id]
        assert item["waiting_for"] == "integration"

    def test_a_planned_retry_is_given_up(self, world: World) -> None:
        invoice_id = failed_invoice(world)
        debit_on_its_way(world)
        disconnect(world)
        tries = world.stripe_calls()
        world.pass_time(25 * HOUR)

        world.look_again()

        assert world.stripe_calls() == tries
        assert world.invoice(invoice_id)["next_retry_at"] is None

    @pytest.mark.parametrize(
        ("path", "body", "refusal"),
        [
            ("customers/acme/checkout_url", None, "no_linked_payment_provider"),
            (
                "customers",
                {"customer": {"external_id": "new", "billing_configuration": {"payment_provider_code": "stripe"}}},
                "payment_provider_not_found",
            ),
            (
                "customers",
                {"customer": {"external_id": "new", "billing_configuration": {"payment_provider": "stripe"}}},
                "payment_provider_not_found",
            ),
        ],
    )
    def test_no_page_and_no_customer(self, world: World, path: str, body: Any, refusal: str) -> None:
        disconnecting(world)

        answer = world.api("POST", f"/api/v1/{path}", body)

        assert (answer.status, answer.body["error_details"]) == (422, {"base": [refusal]})

    def test_the_default_is_another_account(self, world: World) -> None:
        disconnecting(world)
        other = world.stripe.control.add_account()
        world.connect("other", secret_key=other["secret_key"])

        shown = {
            one["code"]: one["is_default"] for one in world.api("GET", "/api/v1/integrations").body["integrations"]
        }

        assert shown == {"stripe": False, "other": True}


class TestItIsGoneAtOnce:
    def test_by_force_and_what_was_on_its_way_waits_for_the_account(self, world: World) -> None:
        invoice_id = debit_on_its_way(world)

        answer = world.call("connect-integration", load_event("connect-integration-disconnect-force"))

        assert (answer.status, answer.body["integration"]["disconnecting_since"]) == (200, None)
        assert is_gone(world)
        world.pass_time(DAY)
        world.look_again()
        assert world.invoice(invoice_id)["payment_status"] == "pending"
        world.connect("renamed")
        world.pass_time(DAY)
        world.look_again()
        assert world.invoice(invoice_id)["payment_status"] == "succeeded"

    @pytest.mark.parametrize("end", [void, pay_by_hand])
    def test_and_a_person_can_end_what_was_on_its_way_whose_money_is_on_record_when_the_account_comes_back(
        self, world: World, end: Callable[[World, str], Answer]
    ) -> None:
        invoice_id = debit_on_its_way(world)
        refused = end(world, invoice_id).status
        disconnect(world, query="?force=true")

        ended = end(world, invoice_id).status

        assert (refused, ended) == (405, 200)
        world.pass_time(DAY)
        world.look_again()
        world.connect("renamed")
        for _ in range(2):
            world.pass_time(DAY)
            world.look_again()
        assert "succeeded" in [one["payment_status"] for one in world.payments(invoice_id)]
        assert not [item for item in world.items("invoices") if "due_at" in item]

    def test_once_it_is_disconnecting_by_force(self, world: World) -> None:
        disconnecting(world)

        assert disconnect(world, query="?force=true")["disconnecting_since"] is None

        assert is_gone(world)

    def test_what_is_no_boolean_is_refused(self, world: World) -> None:
        world.connect()

        answer = world.api("DELETE", f"{INTEGRATION_PATH}?force=yes")

        assert (answer.status, answer.body["error_details"]) == (422, {"force": ["value_is_invalid"]})
        assert not is_gone(world)

    @pytest.mark.parametrize("is_known", [True, False])
    def test_where_stripe_refuses_its_key(self, world: World, is_known: bool) -> None:
        debit_on_its_way(world)
        world.stripe.control.expire_key(SECRET_KEY)
        if is_known:
            world.pass_time(DAY)
            world.look_again()
            assert world.api("GET", INTEGRATION_PATH).body["integration"]["needs_attention_since"]

        assert disconnect(world)["disconnecting_since"] is None

        assert (world.items("integrations"), secrets(world)) == ([], {})

    def test_where_another_code_leads_to_the_account(self, world: World) -> None:
        invoice_id = debit_on_its_way(world)
        world.connect("renamed")

        assert disconnect(world)["disconnecting_since"] is None

        world.pass_time(DAY)
        world.look_again()
        assert world.invoice(invoice_id)["payment_status"] == "succeeded"

    def test_not_where_no_other_code_leads_to_the_account_any_more(self, world: World) -> None:
        invoice_id = debit_on_its_way(world)
        world.connect("renamed")
        disconnect(world)

        answer = world.api("DELETE", "/api/v1/integrations/stripe/renamed")

        assert answer.body["integration"]["disconnecting_since"]
        world.pass_time(DAY)
        world.look_again()
        assert world.invoice(invoice_id)["payment_status"] == "succeeded"
        finish_disconnecting(world)
        assert is_gone(world)

    def test_where_all_has_settled(self, world: World) -> None:
        debit_on_its_way(world)
        world.pass_time(DAY)
        world.look_again()

        assert disconnect(world)["disconnecting_since"] is None

        assert is_gone(world)

    def test_once_all_has_settled_if_it_is_asked_for_again(self, world: World) -> None:
        disconnecting(world)
        world.pass_time(DAY)
        world.look_again()

        assert disconnect(world)["disconnecting_since"] is None

        assert is_gone(world)


class TestItIsConnectedAgain:
    def test_by_its_key_and_collects_what_waited(self, world: World) -> None:
        disconnecting(world)
        waiting = world.create_invoice(amount=100)
        world.run()

        assert world.connect()["disconnecting_since"] is None

        world.pass_time(DAY)
        world.look_again()
        finish_disconnecting(world)
        assert not is_gone(world)
        assert world.stripe_calls() == 2
        assert world.invoice(waiting)["payment_status"] == "pending"
        assert [one["amount_cents"] for one in world.payments(waiting)] == [100]

    def test_not_by_a_change_without_a_key(self, world: World) -> None:
        disconnecting(world)

        changed = world.api("PUT", INTEGRATION_PATH, {"integration": {"name": "Renamed"}}).body["integration"]

        assert (changed["name"], changed["disconnecting_since"]) == ("Renamed", "2026-11-23T10:00:00Z")

    @pytest.mark.parametrize("operation", ["PutItem", "PutSecretValue"])
    def test_while_it_is_about_to_be_removed_and_keeps_its_secret(self, world: World, operation: str) -> None:
        """The call that writes the record first wins: the schedule leaves it alone, or it is connected again."""
        disconnecting(world)
        world.pass_time(DAY)
        world.look_again()
        world.aws.meanwhile(operation, partial(finish_disconnecting, world))

        answer = world.api("PUT", INTEGRATION_PATH, {"integration": {"secret_key": SECRET_KEY}})

        assert answer.status == 200
        assert not is_gone(world)
        assert world.api("GET", INTEGRATION_PATH).body["integration"]["disconnecting_since"] is None

    def test_right_before_the_schedule_begins_to_remove_it(self, world: World) -> None:
        disconnecting(world)
        world.pass_time(DAY)
        world.look_again()
        world.aws.meanwhile("PutItem", world.connect, TableName="IntegrationsTable")

        assert finish_disconnecting(world) == {"disconnected": 0, "failed": 1}

        assert not is_gone(world)
        assert finish_disconnecting(world) == {"disconnected": 0, "failed": 0}


class TestTheFunctionEndsHalfWay:
    @pytest.mark.parametrize("moment", Moment)
    @pytest.mark.parametrize("operation", ["Query", "PutItem", "DeleteSecret", "DeleteItem"])
    def test_and_the_schedule_finishes_it(self, world: World, operation: str, moment: Moment) -> None:
        disconnecting(world)
        world.pass_time(DAY)
        world.look_again()
        world.aws.crash(operation, moment)
        assert world.api("DELETE", INTEGRATION_PATH).status == 500

        for _ in range(2):
            world.pass_time(15 * MINUTE)
            finish_disconnecting(world)

        assert is_gone(world)

    def test_after_the_mark_and_the_schedule_looks_for_what_is_on_its_way(self, world: World) -> None:
        debit_on_its_way(world)
        world.aws.crash("PutItem", Moment.AFTER, TableName="IntegrationsTable")
        assert world.api("DELETE", INTEGRATION_PATH).status == 500
        world.pass_time(HOUR)

        assert finish_disconnecting(world)["disconnected"] == 0
        world.look_again()
        assert finish_disconnecting(world)["disconnected"] == 1

    @pytest.mark.parametrize("endpoint", ["GET /v1/webhook_endpoints", "DELETE /v1/webhook_endpoints/*"])
    def test_because_stripe_does_not_answer_and_the_schedule_goes_on(self, world: World, endpoint: str) -> None:
        disconnecting(world)
        world.pass_time(DAY)
        world.look_again()
        method, path = endpoint.split()
        world.stripe.control.add_fault("500_before_commit", method=method, path=path, times=2)
        assert finish_disconnecting(world) == {"disconnected": 0, "failed": 1}
        world.stripe.control.clear_faults()
        assert finish_disconnecting(world) == {"disconnected": 0, "failed": 0}
        world.pass_time(15 * MINUTE)

        assert finish_disconnecting(world) == {"disconnected": 1, "failed": 0}

        assert is_gone(world)


def test_the_schedule_leaves_an_account_alone_while_a_function_may_be_at_work(world: World) -> None:
    """It may have read the account before it was disconnecting, and have sent what is not on record yet."""
    disconnecting(world)
    world.pass_time(5 * MINUTE)
    world.look_again()

    assert finish_disconnecting(world)["disconnected"] == 0
    world.pass_time(5 * MINUTE)
    assert finish_disconnecting(world)["disconnected"] == 1


def test_a_refused_key_keeps_what_is_on_its_way_until_a_person_decides(world: World) -> None:
    disconnecting(world)
    world.stripe.control.expire_key(SECRET_KEY)
    world.pass_time(DAY)
    world.look_again()

    assert finish_disconnecting(world)["disconnected"] == 0

    world.stripe.control.add_key(world.account.id, value=ROLLED_KEY)
    world.connect(secret_key=ROLLED_KEY)
    assert disconnect(world)["disconnecting_since"]
    world.collect_waiting()
    world.pass_time(HOUR)
    world.look_again()
    assert finish_disconnecting(world)["disconnected"] == 1
    assert world.stripe_calls(RETRIEVE_INTENT) >= 1
