"""Accounts that are disconnected, changed or shared: no invoice is charged in two, and none believes another's news."""

from collections.abc import Iterator
from typing import Any

import pytest
from builders.accounts import charged_there, connect_other_account, disconnect_at_once, give_the_code_to_another_account
from builders.customers import link_to_account, provider_customer_id, stripe_customer_with_a_card
from builders.durations import HOUR
from builders.invoices import Charged, charged_and_not_written_down, hand_over, unanswered, waiting_invoice
from builders.read import kept
from builders.stripe_events import event, intent, post
from world.aws_calls import Moment
from world.world import SECRET_KEY, World


@pytest.fixture(autouse=True)
def _whatever_was_to_happen_meanwhile_did(world: World) -> Iterator[None]:
    yield
    assert not world.aws.are_still_to_come


class TestAChargedInvoice:
    @pytest.mark.parametrize("to_another_account", [True, False])
    def test_made_while_its_customer_is_being_relinked_is_charged_once(
        self, world: World, to_another_account: bool
    ) -> None:
        world.connect()
        world.customer()
        code = "other" if to_another_account else "stripe"
        client = connect_other_account(world, code) if to_another_account else world.stripe_client
        invoices: list[tuple[str, dict[str, Any]]] = []

        def an_invoice_is_charged_and_not_written_down() -> None:
            world.pass_time(2)
            invoice_id = world.create_invoice()
            record = world.stream_event(world.new_images("invoices"))
            world.aws.crash("TransactWriteItems", Moment.BEFORE)
            assert hand_over(world, record) == 1
            invoices.append((invoice_id, record))

        world.aws.meanwhile("PutItem", an_invoice_is_charged_and_not_written_down, TableName="CustomersTable")
        link_to_account(world, stripe_customer_with_a_card(client), code)
        ((invoice_id, record),) = invoices
        world.pass_time(0 if to_another_account else 25 * HOUR)

        assert hand_over(world, record) == 0

        assert world.invoice(invoice_id)["payment_status"] == "succeeded"
        assert world.charged() == [4200]
        assert not to_another_account or charged_there(client) == []

    def test_stays_pending_while_the_account_of_before_is_disconnected_and_settles_once_it_is_back(
        self, world: World
    ) -> None:
        invoice_id, record = charged_and_not_written_down(world)
        client = connect_other_account(world, "other")
        disconnect_at_once(world)
        link_to_account(world, stripe_customer_with_a_card(client), "other")

        assert [hand_over(world, record) for _ in range(4)] == [1] * 4

        assert world.invoice(invoice_id)["payment_status"] == "pending"
        world.connect()
        assert hand_over(world, record) == 0
        (payment,) = world.payments(invoice_id)
        assert (payment["payment_status"], payment["payment_provider_code"]) == ("succeeded", "stripe")
        assert world.invoice(invoice_id)["payment_status"] == "succeeded"
        assert (world.charged(), charged_there(client)) == ([4200], [])

    @pytest.mark.parametrize("charged", [charged_and_not_written_down, unanswered])
    @pytest.mark.parametrize("is_linked_again", [True, False])
    def test_is_not_charged_in_another_account_that_has_got_the_code(
        self, world: World, charged: Charged, is_linked_again: bool
    ) -> None:
        invoice_id, record = charged(world)
        client = give_the_code_to_another_account(world, is_linked_again=is_linked_again)

        hand_over(world, record)

        assert world.invoice(invoice_id)["payment_status"] == "pending"
        assert (world.charged(), charged_there(client)) == ([4200], [])

    @pytest.mark.parametrize(
        ("charged", "is_linked_again"), [(charged_and_not_written_down, False), (unanswered, False), (unanswered, True)]
    )
    def test_settles_once_its_own_account_has_got_the_code_back(
        self, world: World, charged: Charged, is_linked_again: bool
    ) -> None:
        invoice_id, record = charged(world)
        client = give_the_code_to_another_account(world, is_linked_again=is_linked_again)
        hand_over(world, record)
        disconnect_at_once(world)
        world.connect()

        world.pass_time(HOUR)

        assert world.look_again() == 0

        assert world.invoice(invoice_id)["payment_status"] == "succeeded"
        assert world.notified() == ["invoice.payment_status_updated", "payment.succeeded"]
        assert (world.charged(), charged_there(client)) == ([4200], [])


def test_a_refused_key_of_the_account_of_before_is_notified_of_that_account(world: World) -> None:
    invoice_id = waiting_invoice(world)
    client = connect_other_account(world, "other")
    world.stripe.control.expire_key(SECRET_KEY)
    world.pass_time(60)
    link_to_account(world, stripe_customer_with_a_card(client), "other")

    world.collect_waiting()

    notified = world.notification("payment_provider.error")["payment_provider_error"]
    assert notified["payment_provider_code"] == "stripe"
    assert world.invoice(invoice_id)["payment_status"] == "pending"
    assert charged_there(client) == []


class TestNewsOfAPayment:
    def test_from_an_account_that_the_customer_was_never_linked_to_is_ignored(self, world: World) -> None:
        invoice_id = waiting_invoice(world)
        connect_other_account(world, "playground")
        before = kept(world)

        forged = intent(invoice_id, "succeeded", amount=4200, customer=provider_customer_id(world))
        answer = post(world, event(world, "payment_intent.succeeded", forged), code="playground")

        assert answer.status == 200
        assert kept(world) == before

    @pytest.mark.parametrize("attempt", [2, 101, 10**7, 10**60])
    def test_of_an_attempt_that_cannot_have_been_made_is_ignored(self, world: World, attempt: int) -> None:
        invoice_id = waiting_invoice(world)
        before = kept(world)

        forged = intent(invoice_id, "requires_payment_method", attempt=attempt)
        answer = post(world, event(world, "payment_intent.payment_failed", forged))

        assert answer.status == 200
        assert kept(world) == before

    def test_heard_by_a_second_integration_of_the_account_leaves_it_to_the_first(self, world: World) -> None:
        world.connect()
        world.customer()
        world.connect("second")
        invoice_id = world.create_invoice()
        heard: list[int] = []

        def the_second_hears_of_it() -> None:
            due = [one for one in world.stripe.due_deliveries() if "code=second" in one.url]
            succeeded = [one for one in due if one.event_type == "payment_intent.succeeded"]
            heard.extend(world.deliver(one) for one in succeeded)

        world.aws.meanwhile("TransactWriteItems", the_second_hears_of_it)
        world.collect_new_invoices()
        world.run()

        assert heard == [200]
        (payment,) = world.payments(invoice_id)
        assert payment["payment_provider_code"] == "stripe"
        assert world.notified() == ["invoice.payment_status_updated", "payment.succeeded"]
        assert world.charged() == [4200]


def test_the_event_of_the_charge_counts_though_the_customer_was_relinked(world: World) -> None:
    invoice_id, record = charged_and_not_written_down(world)
    due = world.stripe.due_deliveries()
    link_to_account(world, world.stripe_customer(), "stripe")
    world.stripe.control.add_fault("500_before_commit", method="GET", path="/v1/payment_intents", times=2)
    assert hand_over(world, record) == 1
    (succeeded,) = [delivery for delivery in due if delivery.event_type == "payment_intent.succeeded"]

    assert world.deliver(succeeded) == 200

    assert world.invoice(invoice_id)["payment_status"] == "succeeded"


def test_an_attempt_on_record_settles_after_its_customer_went_to_another_account_and_came_back(world: World) -> None:
    invoice_id, _ = unanswered(world)
    former = provider_customer_id(world)
    give_the_code_to_another_account(world, is_linked_again=True)
    disconnect_at_once(world)
    world.connect()
    link_to_account(world, former, "stripe")
    world.pass_time(24 * HOUR)

    world.look_again()

    assert world.invoice(invoice_id)["payment_status"] == "succeeded"
    assert world.charged() == [4200]


@pytest.mark.parametrize("last", ["succeeded", "requires_payment_method"])
def test_what_is_on_its_way_at_the_former_customer_is_followed_to_its_end(world: World, last: str) -> None:
    invoice_id, record = charged_and_not_written_down(world)
    former = provider_customer_id(world)
    link_to_account(world, world.stripe_customer(), "stripe")
    world.stripe.control.add_fault("500_before_commit", method="GET", path="/v1/payment_intents", times=2)
    assert hand_over(world, record) == 1
    event_types = {"succeeded": "payment_intent.succeeded", "requires_payment_method": "payment_intent.payment_failed"}

    for event_type, status in (("payment_intent.processing", "processing"), (event_types[last], last)):
        about = intent(invoice_id, status, customer=former)
        assert post(world, event(world, event_type, about)).status == 200

    ended = {"succeeded": "succeeded", "requires_payment_method": "failed"}[last]
    assert world.invoice(invoice_id)["payment_status"] == ended
    assert [payment["provider_customer_id"] for payment in world.payments(invoice_id)] == [former]
