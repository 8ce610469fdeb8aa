"""A customer disputes a payment: it is kept with the payment and notified, and the invoice stays paid."""

import json
from typing import Any

import pytest
from builders.customers import DISPUTED
from builders.due import days_go_by
from builders.durations import DAY, HOUR
from builders.payments import paid_once, pay_again, refund, refunds_at_stripe
from builders.read import notified_of
from builders.stripe_events import event, post, request, signed
from paystream.model.identifiers import derived_id
from world.aws_calls import Moment
from world.world import SECRET_KEY, TABLES, World, load_event


def disputed_invoice(world: World, *, card: str = DISPUTED) -> str:
    """An invoice that was paid; its payment is disputed at once, which Stripe has reported."""
    world.connect()
    world.customer(payment_method=card)
    invoice_id = world.create_invoice()
    world.run()
    assert world.invoice(invoice_id)["payment_status"] == "succeeded"
    return invoice_id


def dispute_at_stripe(world: World) -> Any:
    (dispute,) = world.stripe_client.v1.disputes.list().data
    return dispute


def close(world: World, status: str) -> None:
    """The bank has decided, and Stripe reports it."""
    world.stripe.control.close_dispute(dispute_at_stripe(world).id, status)
    world.run()


def shown_dispute(world: World, invoice_id: str) -> Any:
    """The dispute of the invoice's only payment."""
    (payment,) = world.payments(invoice_id)
    return payment["dispute"]


def kept_disputes(world: World) -> dict[str, str]:
    """The statuses of all disputes of the only payment, by Stripe's ids."""
    (item,) = world.items("payments")
    return {dispute["id"]: dispute["status"] for dispute in item["disputes"]}


def post_dispute(world: World, status: str, *, event_type: str | None = None, age: int = 0, **more: Any) -> int:
    """Stripe posts an event of the dispute in this status, which it made so many seconds ago."""
    dispute = dispute_at_stripe(world).to_dict() | {"status": status} | more
    usual = "charge.dispute.closed" if status in ("won", "lost") else "charge.dispute.created"
    content = event(world, event_type or usual, dispute, created=int(world.clock.now()) - age)
    return post(world, content).status


def test_a_dispute_that_is_opened_is_kept_with_the_payment_and_notified(world: World) -> None:
    invoice_id = disputed_invoice(world)

    dispute = dispute_at_stripe(world)
    assert shown_dispute(world, invoice_id) == {
        "dispute_id": dispute.id,
        "status": "needs_response",
        "reason": "fraudulent",
        "amount_cents": 4200,
        "amount_currency": "EUR",
    }
    assert notified_of(world, "dispute") == ["payment.dispute_opened"]


def test_a_dispute_that_is_lost_marks_the_invoice_which_stays_paid(world: World) -> None:
    invoice_id = disputed_invoice(world)
    world.pass_time(DAY)

    close(world, "lost")

    invoice = world.invoice(invoice_id)
    assert (invoice["payment_status"], invoice["payment_dispute_lost_at"]) == ("succeeded", "2026-11-24T10:00:00Z")
    assert shown_dispute(world, invoice_id)["status"] == "lost"
    (listed,) = world.api("GET", "/api/v1/invoices?payment_dispute_lost=true").body["invoices"]
    assert listed["explanation"] == (
        "Paid on 23 November 2026. A dispute was lost on 24 November 2026: the bank took the money back."
    )
    assert notified_of(world, "dispute") == ["invoice.payment_dispute_lost", "payment.dispute_opened"]
    content = world.notification("invoice.payment_dispute_lost")["payment_dispute_lost"]
    assert (content["reason"], content["invoice"]["lago_id"]) == ("fraudulent", invoice_id)


def test_a_dispute_that_is_won_leaves_the_invoice_as_it_is(world: World) -> None:
    invoice_id = disputed_invoice(world)

    close(world, "won")

    assert world.invoice(invoice_id)["payment_dispute_lost_at"] is None
    assert notified_of(world, "dispute") == ["payment.dispute_opened", "payment.dispute_won"]


@pytest.mark.parametrize("end", ["won", "lost"])
def test_events_that_come_twice_or_in_the_wrong_order_change_nothing(world: World, end: str) -> None:
    invoice_id = disputed_invoice(world, card="pm_card_visa")
    (payment,) = world.payments(invoice_id)
    dispute = _dispute(payment["provider_payment_id"])

    for status in (end, "needs_response", end, "under_review"):
        kind = "closed" if status == end else "created"
        answer = post(world, event(world, f"charge.dispute.{kind}", dispute | {"status": status}))
        assert answer.status == 200

    assert shown_dispute(world, invoice_id)["status"] == end
    assert len(notified_of(world, "dispute")) == 1


def test_a_word_that_is_older_does_not_undo_one_that_comes_in_between(world: World) -> None:
    invoice_id = disputed_invoice(world, card="pm_card_visa")
    (payment,) = world.payments(invoice_id)
    dispute = _dispute(payment["provider_payment_id"])

    def it_is_lost() -> None:
        post(world, event(world, "charge.dispute.closed", dispute | {"status": "lost"}))

    world.aws.meanwhile("GetItem", it_is_lost, TableName=TABLES["invoices"])
    post(world, event(world, "charge.dispute.created", dispute))

    assert not world.aws.are_still_to_come
    assert shown_dispute(world, invoice_id)["status"] == "lost"
    assert notified_of(world, "dispute") == ["invoice.payment_dispute_lost"]


@pytest.mark.parametrize("moment", Moment)
def test_a_crash_around_the_write_loses_nothing_and_notifies_once(world: World, moment: Moment) -> None:
    invoice_id = disputed_invoice(world, card="pm_card_visa")
    (payment,) = world.payments(invoice_id)
    lost = event(world, "charge.dispute.closed", _dispute(payment["provider_payment_id"]) | {"status": "lost"})
    world.aws.crash("TransactWriteItems", moment)
    assert post(world, lost).status >= 500

    assert post(world, lost).status == 200

    assert world.invoice(invoice_id)["payment_dispute_lost_at"] is not None
    assert notified_of(world, "dispute") == ["invoice.payment_dispute_lost"]


def test_an_inquiry_that_ends_is_notified_when_it_is_opened_only(world: World) -> None:
    invoice_id = disputed_invoice(world, card="pm_card_visa")
    (payment,) = world.payments(invoice_id)
    dispute = _dispute(payment["provider_payment_id"])

    post(world, event(world, "charge.dispute.created", dispute | {"status": "warning_needs_response"}))
    post(world, event(world, "charge.dispute.closed", dispute | {"status": "warning_closed"}))

    assert shown_dispute(world, invoice_id)["status"] == "warning_closed"
    assert notified_of(world, "dispute") == ["payment.dispute_opened"]


OTHER_EVENTS = ["charge.dispute.updated", "charge.dispute.funds_withdrawn", "charge.dispute.funds_reinstated"]


@pytest.mark.parametrize("event_type", OTHER_EVENTS)
def test_stripe_is_asked_for_every_event_that_can_say_how_a_dispute_stands(world: World, event_type: str) -> None:
    world.connect()

    (endpoint,) = world.stripe_client.v1.webhook_endpoints.list().data
    assert event_type in endpoint.enabled_events


@pytest.mark.parametrize("event_type", OTHER_EVENTS)
def test_a_dispute_is_known_by_whatever_event_comes_first(world: World, event_type: str) -> None:
    invoice_id = disputed_invoice(world, card="pm_card_visa")
    (payment,) = world.payments(invoice_id)

    assert post(world, event(world, event_type, _dispute(payment["provider_payment_id"]))).status == 200

    assert shown_dispute(world, invoice_id)["status"] == "needs_response"
    assert notified_of(world, "dispute") == ["payment.dispute_opened"]


@pytest.mark.parametrize("event_type", ["charge.dispute.updated", "charge.dispute.funds_withdrawn"])
def test_an_inquiry_that_becomes_a_chargeback_is_notified_once(world: World, event_type: str) -> None:
    invoice_id = disputed_invoice(world, card="pm_card_visa")
    (payment,) = world.payments(invoice_id)
    dispute = _dispute(payment["provider_payment_id"])
    post(world, event(world, "charge.dispute.created", dispute | {"status": "warning_needs_response"}))
    world.pass_time(DAY)

    post(world, event(world, event_type, dispute))
    world.pass_time(1)
    post(world, event(world, "charge.dispute.updated", dispute))

    assert shown_dispute(world, invoice_id)["status"] == "needs_response"
    assert notified_of(world, "dispute") == ["payment.dispute_opened"] * 2


class TestAnEndThatAnAppealTurns:
    def test_from_won_to_lost_marks_the_invoice_and_is_notified(self, world: World) -> None:
        invoice_id = disputed_invoice(world)
        close(world, "won")
        world.pass_time(DAY)

        close(world, "lost")

        assert world.invoice(invoice_id)["payment_dispute_lost_at"] == "2026-11-24T10:00:00Z"
        assert notified_of(world, "dispute") == [
            "invoice.payment_dispute_lost",
            "payment.dispute_opened",
            "payment.dispute_won",
        ]

    def test_from_lost_to_won_takes_the_mark_from_the_invoice(self, world: World) -> None:
        invoice_id = disputed_invoice(world)
        close(world, "lost")
        world.pass_time(DAY)

        close(world, "won")

        assert world.invoice(invoice_id)["payment_dispute_lost_at"] is None
        assert shown_dispute(world, invoice_id)["status"] == "won"

    def test_twice_is_notified_each_time(self, world: World) -> None:
        disputed_invoice(world)
        for status in ("won", "lost", "won"):
            world.pass_time(DAY)
            close(world, status)

        assert notified_of(world, "dispute") == [
            "invoice.payment_dispute_lost",
            "payment.dispute_opened",
            *["payment.dispute_won"] * 2,
        ]

    @pytest.mark.parametrize(("first", "then"), [("won", "lost"), ("lost", "won")])
    def test_stays_turned_when_the_older_event_comes_late(self, world: World, first: str, then: str) -> None:
        invoice_id = disputed_invoice(world)
        world.pass_time(DAY)
        close(world, then)
        before = notified_of(world, "dispute")

        assert post_dispute(world, first, age=HOUR) == 200

        assert shown_dispute(world, invoice_id)["status"] == then
        assert notified_of(world, "dispute") == before

    def test_does_not_hide_another_dispute_that_is_lost(self, world: World) -> None:
        invoice_id = disputed_invoice(world)
        close(world, "lost")
        post_dispute(world, "lost", id="dp_another")
        world.pass_time(DAY)

        close(world, "won")

        assert world.invoice(invoice_id)["payment_dispute_lost_at"] == "2026-11-23T10:00:00Z"

    def test_from_lost_to_won_sends_a_second_payment_back_that_was_kept(self, world: World) -> None:
        first = paid_once(world, card=DISPUTED)
        close(world, "lost")
        pay_again(world, first)
        world.run()
        days_go_by(world, 2)
        assert refunds_at_stripe(world) == []

        close(world, "won")
        days_go_by(world, 1)

        assert [refund.amount for refund in refunds_at_stripe(world)] == [4200]


class TestASecondDisputeOfAPayment:
    def test_is_kept_beside_the_first_and_shown_because_it_is_the_latest(self, world: World) -> None:
        invoice_id = disputed_invoice(world)
        close(world, "won")

        assert post_dispute(world, "lost", id="dp_another") == 200

        assert shown_dispute(world, invoice_id)["dispute_id"] == "dp_another"
        assert kept_disputes(world) == {dispute_at_stripe(world).id: "won", "dp_another": "lost"}
        assert notified_of(world, "dispute") == [
            "invoice.payment_dispute_lost",
            "payment.dispute_opened",
            "payment.dispute_won",
        ]

    @pytest.mark.parametrize("repeated", ["needs_response", "won"])
    def test_that_is_open_stays_so_when_an_event_of_the_first_comes_once_more(
        self, world: World, repeated: str
    ) -> None:
        invoice_id = disputed_invoice(world)
        close(world, "won")
        post_dispute(world, "needs_response", id="dp_another")
        before = notified_of(world, "dispute")

        assert post_dispute(world, repeated) == 200
        assert post_dispute(world, "needs_response", id="dp_another") == 200

        assert shown_dispute(world, invoice_id)["dispute_id"] == "dp_another"
        assert kept_disputes(world) == {dispute_at_stripe(world).id: "won", "dp_another": "needs_response"}
        assert notified_of(world, "dispute") == before

    def test_does_not_hide_the_end_of_the_first_which_is_notified_as_its_own(self, world: World) -> None:
        invoice_id = disputed_invoice(world)
        post_dispute(world, "needs_response", id="dp_another")

        close(world, "won")

        first = dispute_at_stripe(world).id
        assert world.notification("payment.dispute_won")["payment"]["dispute"]["dispute_id"] == first
        assert shown_dispute(world, invoice_id)["dispute_id"] == "dp_another"

    def test_that_is_won_after_the_first_was_lost_leaves_the_payment_not_refundable(self, world: World) -> None:
        invoice_id = disputed_invoice(world)
        close(world, "lost")
        post_dispute(world, "won", id="dp_another")

        (payment,) = world.payments(invoice_id)
        assert refund(world, payment["lago_id"]).body["code"] == "payment_not_refundable"
        assert world.invoice(invoice_id)["payment_dispute_lost_at"] is not None

    def test_is_kept_beside_one_that_was_written_when_there_was_room_for_one_only(self, world: World) -> None:
        invoice_id = disputed_invoice(world)
        (item,) = world.items("payments")
        (only,) = item.pop("disputes")
        world.put_item("payments", item | {"dispute": only})
        assert shown_dispute(world, invoice_id)["status"] == "needs_response"

        close(world, "lost")
        post_dispute(world, "needs_response", id="dp_another")

        assert kept_disputes(world) == {dispute_at_stripe(world).id: "lost", "dp_another": "needs_response"}


@pytest.mark.parametrize(
    "metadata", [{"lago_payment_id": ""}, {"lago_payment_id": "of_another_system"}], ids=["cleared", "changed"]
)
def test_a_dispute_is_found_by_the_intent_on_record_where_its_metadata_is_not_ours_any_more(
    world: World, metadata: dict[str, str]
) -> None:
    invoice_id = disputed_invoice(world, card="pm_card_visa")
    (payment,) = world.payments(invoice_id)
    intent_id = payment["provider_payment_id"]
    world.stripe_client.v1.payment_intents.update(intent_id, {"metadata": metadata})

    assert post(world, event(world, "charge.dispute.created", _dispute(intent_id))).status == 200

    assert shown_dispute(world, invoice_id)["status"] == "needs_response"


@pytest.mark.parametrize("foreign", ["pi_of_nobody", None])
def test_a_dispute_of_what_is_not_ours_is_ignored(world: World, foreign: str | None) -> None:
    invoice_id = disputed_invoice(world, card="pm_card_visa")

    assert post(world, event(world, "charge.dispute.created", _dispute(foreign))).status == 200

    assert shown_dispute(world, invoice_id) is None
    assert notified_of(world, "dispute") == []


def test_a_dispute_of_another_systems_intent_in_the_same_account_is_ignored(world: World) -> None:
    disputed_invoice(world, card="pm_card_visa")
    method = world.stripe_client.v1.payment_methods.attach("pm_card_visa", {"customer": world.stripe_customer()})
    asked: Any = {"amount": 100, "currency": "usd", "payment_method": method.id, "confirm": True, "off_session": True}
    intent = world.stripe_client.v1.payment_intents.create(asked | {"customer": str(method.customer)})

    assert post(world, event(world, "charge.dispute.created", _dispute(intent.id))).status == 200
    assert notified_of(world, "dispute") == []


def test_a_dispute_of_a_payment_that_is_not_on_record_yet_is_sent_again(world: World) -> None:
    world.connect()
    world.customer()
    invoice_id = world.create_invoice()
    world.collect_new_invoices()
    (payment,) = world.payments(invoice_id)
    table = world.items("payments")
    world.dynamodb.delete_item(
        TableName="PaymentsTable",
        Key={name: {"S": str(table[0][name])} for name in ("organization_id", "lago_id")},
    )

    answer = post(world, event(world, "charge.dispute.created", _dispute(payment["provider_payment_id"])))

    assert answer.status in (409, 503)


def test_a_dispute_while_the_key_is_refused_is_sent_again(world: World) -> None:
    invoice_id = disputed_invoice(world, card="pm_card_visa")
    (payment,) = world.payments(invoice_id)
    world.stripe.control.expire_key(SECRET_KEY)

    answer = post(world, event(world, "charge.dispute.created", _dispute(payment["provider_payment_id"])))

    assert answer.status >= 400
    assert notified_of(world, "dispute") == []


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("payment-result-dispute-created", "needs_response"),
        ("payment-result-dispute-updated", "under_review"),
        ("payment-result-dispute-funds-withdrawn", "needs_response"),
        ("payment-result-dispute-funds-reinstated", "won"),
        ("payment-result-dispute-closed", "lost"),
    ],
)
def test_the_events_on_file_are_understood(world: World, name: str, status: str) -> None:
    invoice_id = disputed_invoice(world, card="pm_card_visa")
    (payment,) = world.payments(invoice_id)
    content = json.loads(load_event(name)["body"])
    content["data"]["object"]["payment_intent"] = payment["provider_payment_id"]
    body = json.dumps(content)

    answer = world.call("payment-result", request(body, [signed(world, body.encode())]))

    assert answer.status == 200
    assert shown_dispute(world, invoice_id)["status"] == status


def test_a_second_success_is_disputed_on_its_own(world: World) -> None:
    invoice_id = disputed_invoice(world, card="pm_card_visa")
    (payment,) = world.payments(invoice_id)
    known = world.stripe_client.v1.payment_intents.retrieve(payment["provider_payment_id"])
    second = world.stripe_client.v1.payment_intents.create(
        {
            "amount": 4200,
            "currency": "eur",
            "customer": str(known.customer),
            "payment_method": DISPUTED,
            "confirm": True,
            "off_session": True,
            "metadata": known.metadata.to_dict() if known.metadata else {},
        }
    )
    world.run()

    disputes = {one["lago_id"]: one["dispute"] for one in world.payments(invoice_id)}
    assert disputes[payment["lago_id"]] is None
    assert disputes[derived_id("payment", payment["lago_id"], second.id)]["status"] == "needs_response"


def _dispute(intent_id: str | None) -> dict[str, Any]:
    return {
        "id": "dp_made_up",
        "object": "dispute",
        "amount": 4200,
        "currency": "eur",
        "payment_intent": intent_id,
        "reason": "product_not_received",
        "status": "needs_response",
    }


def test_an_invoice_that_is_replaced_knows_since_when_its_dispute_is_lost(world: World) -> None:
    world.connect()
    world.customer(payment_method=DISPUTED)
    invoice_id = world.put_invoice_item()
    world.run()
    close(world, "lost")
    lost_at = world.invoice(invoice_id)["payment_dispute_lost_at"]
    world.pass_time(HOUR)

    world.put_invoice_item()
    world.invoke("invoice-created", world.stream_event(world.all_images("invoices")))

    invoice = world.invoice(invoice_id)
    assert (invoice["payment_status"], invoice["payment_dispute_lost_at"]) == ("succeeded", lost_at)
    assert lost_at is not None
