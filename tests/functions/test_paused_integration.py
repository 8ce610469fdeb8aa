"""A key that Stripe refuses pauses its integration: it is notified once, and connecting again resumes."""

from datetime import datetime
from functools import partial
from typing import Any

import invoice_created
import pytest
from builders.accounts import INTEGRATION_PATH, add_key, connect_restricted, connect_with_customer
from builders.customers import stripe_customer_with_a_card
from builders.debits import bank_debit
from builders.durations import HOUR, MINUTE
from builders.invoices import invoice_of_begun_customer
from builders.payments import pay_by_hand
from builders.read import count_by_status
from paystream import bootstrap
from world.aws_calls import Moment
from world.world import RATE_LIMITS_TABLE, SECRET_KEY, World, load_event

NEW_KEY = "sk_test_new00000000000000000"


def new_key(world: World) -> str:
    return add_key(world, NEW_KEY)


def all_calls(world: World) -> int:
    return len(world.stripe.control.calls())


def new_invoices(world: World, *, invoices: int = 1) -> list[str]:
    """So many of a customer with a card, over 10.01 EUR and more."""
    connect_with_customer(world)
    return [world.create_invoice(amount=1001 + number) for number in range(invoices)]


def charged_with_another_key(world: World) -> list[int]:
    """What was charged, as Stripe shows it to another key, in minor units."""
    client = world.stripe_as(world.stripe.control.add_key(world.account.id)).v1
    intents = client.payment_intents.list({"limit": 100}).data
    return sorted(intent.amount_received for intent in intents if intent.status == "succeeded")


def stored_statuses(world: World) -> set[str]:
    return set(count_by_status(world))


def shown_integration(world: World) -> dict[str, Any]:
    answer = world.api("GET", INTEGRATION_PATH)
    assert answer.status == 200
    found: dict[str, Any] = answer.body["integration"]
    return found


def paused(world: World, *, invoices: int = 1) -> list[str]:
    """Invoices that wait for the key, which Stripe refuses."""
    invoice_ids = new_invoices(world, invoices=invoices)
    world.stripe.control.expire_key(SECRET_KEY)
    images = world.new_images("invoices")
    for batch in filter(None, (images[:1], images[1:])):
        assert world.invoke("invoice-created", world.stream_event(batch))["batchItemFailures"] == []
    assert {item.get("waiting_for") for item in world.items("invoices")} == {"secret_key"}
    world.lose_messages()
    world.pass_time(1)
    return invoice_ids


def resume(world: World, secret_key: str | None = None) -> None:
    """Connect again and let the schedule run."""
    world.connect(secret_key=secret_key or new_key(world))
    world.collect_waiting()
    world.pass_time(1)
    assert world.look_again() == 0


def due_times(world: World) -> list[datetime]:
    return [datetime.fromisoformat(str(item["due_at"])) for item in world.items("invoices")]


class TestPausing:
    def test_many_invoices_cost_one_call_and_one_notification_and_none_fails(self, world: World) -> None:
        invoice_ids = new_invoices(world, invoices=25)
        images = world.new_images("invoices")
        world.stripe.control.expire_key(SECRET_KEY)
        calls = all_calls(world)

        for batch in (images[:1], images[1:10], images[10:20], images[20:]):
            assert world.invoke("invoice-created", world.stream_event(batch))["batchItemFailures"] == []

        assert all_calls(world) - calls == 1
        assert world.notified() == ["payment_provider.error"]
        assert stored_statuses(world) == {"pending"}
        assert len(due_times(world)) == len(invoice_ids)
        assert min(due_times(world)) > world.now()
        assert world.payments(invoice_ids[0]) == []

    def test_of_a_batch_side_by_side_each_thread_asks_once_at_most_and_one_notifies(self, world: World) -> None:
        new_invoices(world, invoices=30)
        world.stripe.control.expire_key(SECRET_KEY)
        calls = all_calls(world)

        assert world.collect_new_invoices() == []

        assert all_calls(world) - calls <= invoice_created.AT_ONCE
        assert world.notified() == ["payment_provider.error"]

    def test_whatever_is_looked_at_meanwhile_asks_nothing_of_stripe(self, world: World) -> None:
        paused(world, invoices=3)
        calls = all_calls(world)

        for _ in range(20):
            world.pass_time(HOUR)
            assert world.look_again() == 0
            world.invoke("collect-waiting", load_event("collect-waiting"))
        world.create_invoice()
        assert world.collect_new_invoices() == []

        assert all_calls(world) == calls
        assert world.notified() == ["invoice.payment_overdue"] * 3 + ["payment_provider.error"]
        assert stored_statuses(world) == {"pending"}

    def test_the_integration_says_so_with_the_reason_and_the_alarm_is_raised(
        self, world: World, capsys: pytest.CaptureFixture[str]
    ) -> None:
        paused(world)

        shown = shown_integration(world)

        assert shown["needs_attention_since"] == "2026-11-23T10:00:00Z"
        assert shown["needs_attention_reason"] == {
            "message": "Stripe does not accept the key; connect the integration with a valid one",
            "code": "api_key_expired",
        }
        capsys.readouterr()
        world.publish_new_notifications()
        assert '"IntegrationNeedsAttention":[1.0]' in capsys.readouterr().out

    def test_a_key_that_lacks_a_permission_pauses_too(self, world: World) -> None:
        world.connect()
        world.customer()
        connect_restricted(world, "rak_payment_intent_write")
        world.create_invoice()

        assert world.collect_new_invoices() == []

        reason = shown_integration(world)["needs_attention_reason"]
        assert reason["message"].startswith("the key lacks a permission")
        assert world.notified() == ["payment_provider.error"]

    def test_a_payment_on_its_way_is_not_retrieved_and_ends_after_the_resumption(self, world: World) -> None:
        invoice_id = bank_debit(world, settles_after=MINUTE)
        world.lose_messages()
        world.stripe.control.expire_key(SECRET_KEY)
        calls = all_calls(world)
        for _ in range(3):
            world.pass_time(HOUR)
            assert world.look_again() == 0
        assert all_calls(world) - calls == 1

        resume(world)

        assert world.invoice(invoice_id)["payment_status"] == "succeeded"
        assert world.notified() == ["invoice.payment_status_updated", "payment.succeeded", "payment_provider.error"]

    def test_a_payment_that_is_still_on_its_way_waits_for_the_key_no_more(self, world: World) -> None:
        bank_debit(world)
        world.lose_messages()
        world.stripe.control.expire_key(SECRET_KEY)
        world.pass_time(HOUR)
        world.look_again()
        assert world.items("invoices")[0]["waiting_for"] == "secret_key"

        resume(world)

        (item,) = world.items("invoices")
        assert item["payment_status"] == "pending"
        assert not {"waiting_for", "paused_key", "paused_integration_id", "waiting_key"} & item.keys()

    def test_a_customer_that_was_begun_at_stripe_is_made_after_the_resumption(self, world: World) -> None:
        invoice_of_begun_customer(world)
        world.stripe.control.expire_key(SECRET_KEY)
        world.invoke("collect-waiting", load_event("collect-waiting"))
        calls = all_calls(world)
        world.pass_time(HOUR)
        assert world.look_again() == 0
        assert all_calls(world) == calls

        resume(world)

        assert world.items("customers")[0]["provider_customer_id"]
        assert world.items("invoices")[0]["waiting_for"] == "payment_method"

    def test_another_integration_of_the_organization_goes_on(self, world: World) -> None:
        paused(world)
        other = world.stripe.control.add_account()
        world.connect("other", secret_key=str(other["secret_key"]))
        client = world.stripe_as(str(other["secret_key"])).v1
        customer = client.customers.create({"name": "Beta"}).id
        card = client.payment_methods.attach("pm_card_visa", {"customer": customer}).id
        client.customers.update(customer, {"invoice_settings": {"default_payment_method": card}})
        billing = {
            "payment_provider": "stripe",
            "payment_provider_code": "other",
            "provider_customer_id": customer,
        }
        body = {"customer": {"external_id": "beta", "billing_configuration": billing}}
        assert world.api("POST", "/api/v1/customers", body).status == 200

        invoice_id = world.create_invoice("beta")
        world.collect_new_invoices()

        assert world.invoice(invoice_id)["payment_status"] == "succeeded"

    def test_an_invoice_whose_customer_moved_to_an_account_that_works_is_collected_there(self, world: World) -> None:
        (invoice_id,) = paused(world)
        other = str(world.stripe.control.add_account()["secret_key"])
        world.connect("other", secret_key=other)
        client = world.stripe_as(other).v1
        customer = stripe_customer_with_a_card(world.stripe_as(other))
        billing = {"payment_provider_code": "other", "provider_customer_id": customer}
        world.pass_time(HOUR)
        world.api("POST", "/api/v1/customers", {"customer": {"external_id": "acme", "billing_configuration": billing}})
        world.collect_waiting()

        # The attempt may have been sent to the account of before: only that one can say, and it is paused.
        assert world.invoice(invoice_id)["payment_status"] == "pending"

        resume(world)

        # What may be in progress there must come to its end first: the two accounts share no idempotency key.
        assert world.invoice(invoice_id)["payment_status"] == "pending"

        world.pass_time(HOUR)
        world.look_again()

        assert world.invoice(invoice_id)["payment_status"] == "succeeded"
        assert charged_with_another_key(world) == []
        assert len(client.payment_intents.list().data) == 1

    def test_a_link_through_a_paused_integration_is_refused_as_before(self, world: World) -> None:
        customer = world.stripe_customer() if world.connect() else ""
        world.stripe.control.expire_key(SECRET_KEY)
        body = {"customer": {"external_id": "acme", "billing_configuration": {"provider_customer_id": customer}}}

        answers = [world.api("POST", "/api/v1/customers", body) for _ in range(2)]

        assert [(answer.status, answer.body["code"]) for answer in answers] == [(422, "third_party_error")] * 2
        assert answers[0].body == answers[1].body
        assert shown_integration(world)["needs_attention_since"]
        assert world.notified() == ["payment_provider.error"]


class TestResuming:
    def test_a_new_key_collects_all_that_waited(self, world: World) -> None:
        invoice_ids = paused(world, invoices=12)

        resume(world)

        assert stored_statuses(world) == {"succeeded"}
        assert charged_with_another_key(world) == [1001 + number for number in range(len(invoice_ids))]
        assert shown_integration(world)["needs_attention_since"] is None
        assert shown_integration(world)["needs_attention_reason"] is None
        assert not any("paused_key" in item for item in world.items("invoices"))

    def test_the_same_key_resumes_too_when_it_works_again(self, world: World) -> None:
        paused(world)
        world.stripe.control.expire_key(SECRET_KEY, expires_in=10**9)

        assert world.api("PUT", INTEGRATION_PATH, {"integration": {"name": "Acme"}}).status == 200
        world.collect_waiting()
        world.pass_time(1)
        world.look_again()

        assert stored_statuses(world) == {"succeeded"}

    def test_a_key_that_is_refused_again_resumes_nothing(self, world: World) -> None:
        paused(world)

        assert world.api("PUT", INTEGRATION_PATH, {"integration": {"secret_key": SECRET_KEY}}).status == 422

        assert shown_integration(world)["needs_attention_since"]
        assert world.collect_waiting() == 0

    def test_a_second_refusal_pauses_and_notifies_again(self, world: World) -> None:
        paused(world)
        resume(world)
        world.stripe.control.expire_key(NEW_KEY)
        world.create_invoice()

        world.collect_new_invoices()

        assert world.notified().count("payment_provider.error") == 2
        assert shown_integration(world)["needs_attention_since"]

    def test_what_is_in_the_queue_as_aws_sends_it_is_handled(self, world: World) -> None:
        answer = world.invoke("collect-waiting", load_event("collect-waiting-resume"))

        assert answer == {"batchItemFailures": []}

    def test_when_time_runs_out_the_rest_is_queued_from_where_it_stopped(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("paystream.use_cases.accounts.resume_collection._PAGE", 2)
        paused(world, invoices=5)
        world.connect(secret_key=new_key(world))
        remaining = iter([130_000, 130_000, 130_000])
        monkeypatch.setattr(
            "world.world.LambdaContext.get_remaining_time_in_millis", lambda _: next(remaining, 124_999)
        )
        assert world.collect_waiting() == 1
        assert sum(due <= world.now() for due in due_times(world)) == 4
        remaining = iter([130_000] * 9)

        assert world.collect_waiting() == 1

        assert all(due <= world.now() for due in due_times(world))

    def test_more_than_a_page_is_made_due(self, world: World) -> None:
        paused(world, invoices=103)
        world.connect(secret_key=new_key(world))

        world.collect_waiting()

        assert all(due <= world.now() for due in due_times(world))


class TestRotation:
    def remembered(self, world: World) -> Any:
        """An integration whose old key is remembered, though the secret has a new one; as read before the rotation."""
        stale = new_invoices(world) and bootstrap.secrets().get(self.stored())
        assert stale
        return stale

    def stored(self) -> Any:
        (found,) = bootstrap.stores().integrations.all("0a1b2c3d-0000-4000-8000-000000000001")
        return found

    def test_a_function_that_remembers_the_old_key_reads_the_new_one(self, world: World) -> None:
        self.remembered(world)
        ((name, text),) = world.aws_account.secrets.texts.items()
        world.aws_account.secrets.texts[name] = text.replace(SECRET_KEY, new_key(world))
        world.stripe.control.expire_key(SECRET_KEY)

        assert world.collect_new_invoices() == []

        assert stored_statuses(world) == {"succeeded"}
        assert world.stripe_calls() == 2
        assert shown_integration(world)["needs_attention_since"] is None
        assert world.notified() == ["invoice.payment_status_updated", "payment.succeeded"]

    def test_a_rotation_right_before_the_mark_leaves_the_new_state_unmarked(self, world: World) -> None:
        new_invoices(world)
        world.stripe.control.expire_key(SECRET_KEY)
        world.aws.meanwhile("TransactWriteItems", lambda: world.connect(secret_key=new_key(world)))

        assert len(world.collect_new_invoices()) == 1

        assert shown_integration(world)["needs_attention_since"] is None
        assert world.notified() == []
        assert world.invoke("invoice-created", world.stream_event(world.all_images("invoices"))) == {
            "batchItemFailures": []
        }
        assert stored_statuses(world) == {"succeeded"}

    def test_a_rotation_that_a_mark_overtakes_clears_it(self, world: World) -> None:
        new_invoices(world)
        images = world.new_images("invoices")
        world.stripe.control.expire_key(SECRET_KEY)
        world.aws.meanwhile("PutSecretValue", lambda: world.invoke("invoice-created", world.stream_event(images)))

        resume(world)

        assert shown_integration(world)["needs_attention_since"] is None
        assert stored_statuses(world) == {"succeeded"}

    def test_a_refusal_of_a_former_connection_does_not_mark_the_present_one(self, world: World) -> None:
        new_invoices(world)
        world.stripe.control.expire_key(SECRET_KEY)

        def connected_again() -> None:
            world.api("DELETE", INTEGRATION_PATH)
            world.pass_time(1)
            world.connect(secret_key=new_key(world))

        world.aws.meanwhile("TransactWriteItems", connected_again)

        assert len(world.collect_new_invoices()) == 1

        assert shown_integration(world)["needs_attention_since"] is None
        assert world.notified() == []

    def test_a_refusal_of_what_was_disconnected_meanwhile_marks_nothing(self, world: World) -> None:
        (invoice_id,) = new_invoices(world)
        images = world.new_images("invoices")
        world.stripe.control.expire_key(SECRET_KEY)
        world.aws.meanwhile("TransactWriteItems", lambda: world.api("DELETE", INTEGRATION_PATH))

        assert len(world.invoke("invoice-created", world.stream_event(images))["batchItemFailures"]) == 1

        assert world.items("integrations") == []
        assert world.notified() == []
        assert world.invoke("invoice-created", world.stream_event(images)) == {"batchItemFailures": []}
        assert world.items("invoices")[0]["waiting_for"] == "integration"
        assert world.invoice(invoice_id)["payment_status"] == "pending"


class TestCrashesAndRaces:
    @pytest.mark.parametrize("moment", Moment)
    @pytest.mark.parametrize(("operation", "table"), [("TransactWriteItems", None), ("UpdateItem", "InvoicesTable")])
    def test_a_crash_while_pausing_is_made_good_by_the_next_delivery(
        self, world: World, operation: str, table: str | None, moment: Moment
    ) -> None:
        new_invoices(world)
        event = world.stream_event(world.new_images("invoices"))
        world.stripe.control.expire_key(SECRET_KEY)
        world.aws.crash(operation, moment, **({"TableName": table} if table else {}))
        assert len(world.invoke("invoice-created", event)["batchItemFailures"]) == 1

        assert world.invoke("invoice-created", event)["batchItemFailures"] == []

        assert world.notified() == ["payment_provider.error"]
        assert world.items("invoices")[0]["waiting_for"] == "secret_key"
        resume(world)
        assert stored_statuses(world) == {"succeeded"}
        assert charged_with_another_key(world) == [1001]

    @pytest.mark.parametrize("moment", Moment)
    @pytest.mark.parametrize(("operation", "table"), [("PutItem", "IntegrationsTable"), ("SendMessage", None)])
    def test_a_crash_while_connecting_is_made_good_by_connecting_again(
        self, world: World, operation: str, table: str | None, moment: Moment
    ) -> None:
        paused(world)
        body = {"integration": {"secret_key": new_key(world)}}
        world.aws.crash(operation, moment, **({"TableName": table} if table else {}))
        assert world.api("PUT", INTEGRATION_PATH, body).status == 500

        assert world.api("PUT", INTEGRATION_PATH, body).status == 200

        world.collect_waiting()
        world.pass_time(1)
        world.look_again()
        assert stored_statuses(world) == {"succeeded"}
        assert charged_with_another_key(world) == [1001]

    def test_a_lost_message_is_made_good_by_the_invoices_own_time(self, world: World) -> None:
        paused(world)
        world.connect(secret_key=new_key(world))
        world.lose_messages()
        world.pass_time(5 * MINUTE)

        world.look_again()

        assert stored_statuses(world) == {"succeeded"}

    @pytest.mark.parametrize("moment", Moment)
    @pytest.mark.parametrize("operation", ["Query", "UpdateItem"])
    def test_a_crash_of_the_resumption_is_made_good_when_its_message_comes_back(
        self, world: World, operation: str, moment: Moment
    ) -> None:
        paused(world, invoices=3)
        world.connect(secret_key=new_key(world))
        world.aws.crash(operation, moment, TableName="InvoicesTable")
        world.collect_waiting()

        world.collect_waiting()

        world.pass_time(1)
        world.look_again()
        assert stored_statuses(world) == {"succeeded"}

    def test_a_resumption_at_the_moment_an_invoice_is_put_to_wait_is_not_missed(self, world: World) -> None:
        paused(world)
        world.pass_time(5 * MINUTE)
        world.create_invoice(amount=2002)
        images = world.new_images("invoices")

        def resumed() -> None:
            world.connect(secret_key=new_key(world))
            world.collect_waiting()

        world.aws.meanwhile("UpdateItem", resumed, TableName="InvoicesTable")

        assert world.invoke("invoice-created", world.stream_event(images)) == {"batchItemFailures": []}

        world.pass_time(1)
        world.look_again()
        assert stored_statuses(world) == {"succeeded"}
        assert charged_with_another_key(world) == [1001, 2002]

    def test_a_resumption_at_the_moment_an_invoice_is_postponed_is_not_missed(self, world: World) -> None:
        paused(world)
        world.pass_time(5 * MINUTE)
        world.hand_out_due()
        world.pass_time(1)

        def resumed() -> None:
            world.connect(secret_key=new_key(world))
            world.collect_waiting()

        world.aws.meanwhile("UpdateItem", resumed, TableName="InvoicesTable")

        assert world.collect_due() == 0

        assert stored_statuses(world) == {"succeeded"}

    def test_two_who_are_refused_at_once_notify_once_and_both_wait(self, world: World) -> None:
        new_invoices(world, invoices=2)
        first, second = (world.stream_event([image]) for image in world.new_images("invoices"))
        world.stripe.control.expire_key(SECRET_KEY)
        world.aws.meanwhile("TransactWriteItems", partial(world.invoke, "invoice-created", second))

        assert world.invoke("invoice-created", first) == {"batchItemFailures": []}

        assert world.notified() == ["payment_provider.error"]
        assert {item["waiting_for"] for item in world.items("invoices")} == {"secret_key"}
        assert shown_integration(world)["needs_attention_since"]

    def test_an_invoice_that_is_paid_while_it_waits_is_not_made_open_again(self, world: World) -> None:
        (invoice_id,) = paused(world)
        world.stripe.control.expire_key(SECRET_KEY, expires_in=10**9)
        stored = bootstrap.stores().invoices.get("0a1b2c3d-0000-4000-8000-000000000001", invoice_id)
        assert stored
        images = world.all_images("invoices")
        resume(world, SECRET_KEY)
        assert stored_statuses(world) == {"succeeded"}

        world.invoke("invoice-created", world.stream_event(images))
        world.invoke("collect-waiting", load_event("collect-waiting"))

        assert stored_statuses(world) == {"succeeded"}
        assert charged_with_another_key(world) == [1001]


def test_a_part_that_is_paid_by_hand_in_the_moment_of_the_charge_is_refused_and_not_charged_a_second_time(
    world: World,
) -> None:
    (invoice_id,) = paused(world)
    world.connect(secret_key=new_key(world))
    answered: list[int] = []
    turn_at_stripe = partial(world.aws.meanwhile, "UpdateItem", TableName=RATE_LIMITS_TABLE)
    pay = partial(pay_by_hand, world, invoice_id, 1)
    of_the_look_up = partial(turn_at_stripe, lambda: answered.append(pay().status))
    turn_at_stripe(of_the_look_up)

    world.collect_waiting()
    world.pass_time(HOUR)
    world.look_again()

    assert answered == [405]
    assert charged_with_another_key(world) == [1001]
