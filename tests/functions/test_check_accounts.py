"""Each connected account is looked at once a day: nothing is known by an event only, which may be lost."""

from datetime import datetime
from typing import Any

import pytest
from builders.accounts import INTEGRATION_PATH, connect_restricted
from builders.customers import DISPUTED, becomes_default, provider_customer_id, set_up_card
from builders.due import days_go_by
from builders.durations import DAY, HOUR, MINUTE
from builders.payments import kept_at_stripe, paid_once, pay_again, payment, refund
from builders.stripe_events import lose_events
from builders.stripe_requests import UPDATE_CUSTOMER, break_stripe
from world.aws_calls import Moment
from world.world import SECRET_KEY, World

LIST_EVENTS = "GET /v1/events"


def look(world: World, days: float = 1) -> dict[str, int]:
    """So many days later."""
    world.pass_time(days * DAY)
    answer = world.check_accounts()
    world.run()
    return answer


def connected(world: World) -> World:
    """An account that was looked at."""
    world.connect(refund_second_payments=True)
    look(world, 0)
    return world


def endpoints(world: World) -> list[Any]:
    return list(world.stripe_client.v1.webhook_endpoints.list().data)


def notified_problem(world: World) -> str:
    """What the operator was notified of, once."""
    error = world.notification("payment_provider.error")["payment_provider_error"]
    return str(error["provider_error"]["code"])


def charged_by_default(world: World) -> str:
    customer = world.stripe_client.v1.customers.retrieve(provider_customer_id(world))
    assert customer.invoice_settings
    return str(customer.invoice_settings.default_payment_method)


def next_look_in(world: World) -> float:
    """The seconds until the next look, which itself takes parts of one."""
    (item,) = world.items("integrations")
    return round((datetime.fromisoformat(str(item["check_due_at"])) - world.now()).total_seconds())


class TestWhatNoEventHasSaid:
    def test_a_refund_that_succeeded_and_fails_late_is_known(self, world: World) -> None:
        payment_id = paid_once(world, card="pm_card_refundFail")
        world.stripe.control.set_settlement_delay(3 * DAY)
        refund(world, payment_id)
        world.run()

        for _ in range(10):
            world.pass_time(DAY)
            lose_events(world)
            look(world, 0)

        assert [one["status"] for one in payment(world, payment_id)["refunds"]] == ["failed"]

    def test_what_is_paid_after_a_lost_dispute_is_kept(self, world: World) -> None:
        payment_id = paid_once(world, card=DISPUTED)
        (dispute,) = world.stripe_client.v1.disputes.list().data
        world.stripe.control.close_dispute(dispute.id, "lost")
        lose_events(world)
        look(world)

        pay_again(world, payment_id)
        world.run()
        days_go_by(world, 2)

        assert world.stripe_client.v1.refunds.list().data == []

    def test_of_another_systems_payment_is_left_alone(self, world: World) -> None:
        connected(world)
        method = world.stripe_client.v1.payment_methods.attach("pm_card_visa", {"customer": world.stripe_customer()})
        asked: Any = {"amount": 100, "currency": "usd", "payment_method": method.id, "customer": str(method.customer)}
        intent = world.stripe_client.v1.payment_intents.create(asked | {"confirm": True, "off_session": True})
        world.stripe_client.v1.refunds.create({"payment_intent": intent.id})
        lose_events(world)

        assert look(world)["failed"] == 0

        assert world.items("payments") == []

    def test_another_default_is_what_is_charged(self, world: World) -> None:
        connected(world)
        world.customer()
        world.pass_time(HOUR)
        becomes_default(world, "pm_card_mastercard")
        lose_events(world)
        look(world)

        invoice_id = world.create_invoice()
        world.run()

        intent = world.payments(invoice_id)[0]["provider_payment_id"]
        charged = world.stripe_client.v1.payment_intents.retrieve(intent).payment_method
        assert charged == charged_by_default(world)

    def test_a_second_payment_is_on_record_and_goes_back(self, world: World) -> None:
        payment_id = paid_once(world)
        look(world)
        pay_again(world, payment_id)
        lose_events(world)

        look(world)
        days_go_by(world, 1)

        assert kept_at_stripe(world) == 4200

    def test_is_read_for_thirty_days_once_an_account_is_connected_again(self, world: World) -> None:
        payment_id = paid_once(world)
        world.api("DELETE", INTEGRATION_PATH)
        intent = payment(world, payment_id)["provider_payment_id"]
        world.stripe_client.v1.refunds.create({"payment_intent": intent, "amount": 1000})
        lose_events(world)
        world.pass_time(29 * DAY)

        world.connect()
        look(world, 0)

        assert [one["amount_cents"] for one in payment(world, payment_id)["refunds"]] == [1000]

    def test_changes_nothing_when_it_is_read_twice(self, world: World) -> None:
        payment_id = paid_once(world)
        refund(world, payment_id, 1000)
        world.run()
        before = (payment(world, payment_id), world.notified(), world.charged())

        world.connect(refund_second_payments=True)
        look(world)
        look(world)

        assert (payment(world, payment_id), world.notified(), world.charged()) == before


class TestAnEndpoint:
    def test_that_was_deleted_is_made_again_and_what_was_missed_is_read(self, world: World) -> None:
        payment_id = paid_once(world)
        look(world)
        (endpoint,) = endpoints(world)
        world.stripe_client.v1.webhook_endpoints.delete(endpoint.id)
        intent = payment(world, payment_id)["provider_payment_id"]
        world.stripe_client.v1.refunds.create({"payment_intent": intent, "amount": 1000})

        look(world)

        assert [one["amount_cents"] for one in payment(world, payment_id)["refunds"]] == [1000]
        assert [one.url for one in endpoints(world)] == [endpoint.url]
        assert notified_problem(world) == "webhook_endpoint_replaced"

    @pytest.mark.parametrize("change", [{"disabled": True}, {"enabled_events": ["payment_intent.succeeded"]}])
    def test_that_was_disabled_or_changed_is_replaced(self, world: World, change: Any) -> None:
        connected(world)
        (endpoint,) = endpoints(world)
        world.stripe_client.v1.webhook_endpoints.update(endpoint.id, change)

        look(world)

        (now,) = endpoints(world)
        assert (now.id != endpoint.id, now.status) == (True, "enabled")
        assert world.connect()["webhook_endpoint_id"] == now.id

    def test_delivers_to_us_again_once_it_was_replaced(self, world: World) -> None:
        connected(world)
        world.stripe_client.v1.webhook_endpoints.delete(endpoints(world)[0].id)
        look(world)
        world.customer()
        invoice_id = world.create_invoice()

        world.run()

        assert world.invoice(invoice_id)["payment_status"] == "succeeded"
        assert world.deliver_stripe_events() == []

    @pytest.mark.parametrize("moment", Moment)
    @pytest.mark.parametrize("operation", ["PutSecretValue", "TransactWriteItems"])
    def test_is_replaced_whatever_crashes(self, world: World, operation: str, moment: Moment) -> None:
        connected(world)
        world.stripe_client.v1.webhook_endpoints.delete(endpoints(world)[0].id)
        world.aws.crash(operation, moment)
        assert look(world)["failed"] == 1

        assert look(world, 0)["failed"] == 0

        assert len(endpoints(world)) == 1
        assert world.connect()["webhook_endpoint_id"] == endpoints(world)[0].id
        assert notified_problem(world) == "webhook_endpoint_replaced"

    def test_that_cannot_be_made_again_is_notified_once(self, world: World) -> None:
        connect_restricted(world, "rak_webhook_write")
        world.stripe_client.v1.webhook_endpoints.delete(endpoints(world)[0].id)

        look(world)
        look(world)

        assert notified_problem(world) == "webhook_endpoint_refused"
        assert world.connect(secret_key=SECRET_KEY)["needs_attention_since"] is None


class TestALook:
    def test_is_once_a_day(self, world: World) -> None:
        connected(world)
        lists = world.stripe_calls(LIST_EVENTS)

        world.pass_time(23 * HOUR)
        assert world.check_accounts() == {"checked": 0, "failed": 0}
        world.pass_time(HOUR)
        assert world.check_accounts() == {"checked": 1, "failed": 0}

        assert world.stripe_calls(LIST_EVENTS) - lists == 2
        assert next_look_in(world) == DAY

    def test_that_stripe_does_not_answer_is_repeated(self, world: World) -> None:
        connected(world)
        world.pass_time(DAY)
        break_stripe(world, LIST_EVENTS, "500_before_commit")

        assert world.check_accounts() == {"checked": 0, "failed": 1}
        world.stripe.control.clear_faults()
        assert world.check_accounts() == {"checked": 1, "failed": 0}

    def test_in_which_an_event_could_not_be_applied_is_repeated_an_hour_later(self, world: World) -> None:
        connected(world)
        customer = world.customer(payment_method=None)
        set_up_card(world, customer)
        lose_events(world)
        break_stripe(world, UPDATE_CUSTOMER, "500_before_commit", times=9)
        look(world)
        world.stripe.control.clear_faults()

        assert look(world, 1 / 48) == {"checked": 0, "failed": 0}
        assert charged_by_default(world) == "None"
        look(world, 1 / 24)

        assert charged_by_default(world) != "None"

    def test_for_which_there_is_no_time_goes_on_where_it_was(self, world: World) -> None:
        connected(world)
        world.pass_time(DAY)
        lists = world.stripe_calls(LIST_EVENTS)

        world.invoke("check-accounts", {}, remaining_milliseconds=20_000)
        assert world.stripe_calls(LIST_EVENTS) == lists
        world.pass_time(15 * MINUTE)
        world.check_accounts()

        assert world.stripe_calls(LIST_EVENTS) - lists == 2
        assert next_look_in(world) == DAY

    def test_with_a_key_that_may_not_read_events_is_notified_once(self, world: World) -> None:
        connect_restricted(world, lacking=("rak_event_read",))

        look(world)
        look(world)

        assert notified_problem(world) == "events_not_permitted"
        assert world.connect(secret_key=SECRET_KEY)["needs_attention_since"] is None

    def test_with_a_key_that_may_do_neither_is_notified_once_of_each(self, world: World) -> None:
        connect_restricted(world, "rak_webhook_write", "rak_event_read")
        world.stripe_client.v1.webhook_endpoints.delete(endpoints(world)[0].id)

        for _ in range(3):
            look(world)

        assert world.notified() == ["payment_provider.error"] * 2

    def test_with_a_key_that_is_refused_waits_for_another(self, world: World) -> None:
        connected(world)
        world.stripe.control.expire_key(SECRET_KEY)

        look(world)
        assert look(world) == {"checked": 1, "failed": 0}

        assert world.notified() == ["payment_provider.error"]
        assert next_look_in(world) == DAY

    def test_is_at_none_that_is_gone(self, world: World) -> None:
        connected(world)
        assert world.api("DELETE", INTEGRATION_PATH).status == 200

        assert look(world) == {"checked": 0, "failed": 0}


def test_an_event_that_cannot_be_read_is_put_aside_and_the_others_are_read(world: World) -> None:
    payment_id = paid_once(world)
    look(world)
    intent = payment(world, payment_id)["provider_payment_id"]
    for amount in (1000, 500):
        world.stripe_client.v1.refunds.create({"payment_intent": intent, "amount": amount})
    lose_events(world)
    first = next(event for event in world.account.events if event["type"] == "refund.created")
    world.account.events.change(first["id"], data={"object": {"object": "refund"}})

    assert look(world) == {"checked": 1, "failed": 0}

    assert 500 in [one["amount_cents"] for one in payment(world, payment_id)["refunds"]]
    assert next_look_in(world) == DAY
