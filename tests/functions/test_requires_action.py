"""A card that wants authentication: a page is made automatically, once; the customer pays there with that card."""

from collections.abc import Callable

import pytest
from builders.accounts import INTEGRATION_PATH
from builders.customers import UNAUTHENTICATED, becomes_default, provider_customer_id
from builders.due import look_a_minute_later
from builders.durations import DAY, MINUTE
from builders.invoices import unauthenticated_invoice, waiting_invoice
from builders.links import REQUIRES_ACTION, ask_for_link, invoice_with_page, pay_on_page, payment_url, sessions
from builders.payments import pay_by_hand, void
from builders.read import notified_attempts, payment_statuses, refusal
from builders.stripe_events import fail_attempt
from builders.stripe_requests import CANCEL_INTENT, CREATE_SESSION
from world.api_gateway import ORGANIZATION
from world.aws_calls import Moment
from world.world import SECRET_KEY, World, load_event


def authenticate_and_pay(world: World) -> None:
    """The customer authenticates on the newest page, and pays."""
    pay_on_page(world, UNAUTHENTICATED)


def reasons(world: World) -> list[str | None]:
    """Why attempts failed, in the order of the attempts."""
    return [failure["error_details"]["code"] for failure in notified_attempts(world, "invoice.payment_failure")]


class TestTheLink:
    def test_it_follows_automatically_and_is_notified_with_its_page_in_stripes_own_shape(self, world: World) -> None:
        invoice_id = unauthenticated_invoice(world, success_redirect_url="https://acme.test/thanks")
        assert sessions(world) == []

        look_a_minute_later(world)

        (page,) = sessions(world)
        payment = world.notification(REQUIRES_ACTION)["payment"]
        assert payment["next_action"] == {
            "type": "redirect_to_url",
            "redirect_to_url": {"url": page.url, "return_url": "https://acme.test/thanks"},
        }
        assert (payment["status"], payment["payment_status"]) == ("requires_action", "processing")
        assert (payment["lago_payable_id"], payment["attempt"], payment["amount_cents"]) == (invoice_id, 2, 4200)
        assert payment == world.payments(invoice_id)[0]
        assert (page.success_url, page.status) == ("https://acme.test/thanks", "open")

    def test_the_attempt_before_is_closed_and_nothing_is_charged(self, world: World) -> None:
        invoice_id = invoice_with_page(world)

        assert world.invoice(invoice_id)["payment_status"] == "pending"
        assert world.payments(invoice_id)[1]["status"] == "canceled"
        assert (world.stripe_calls(), world.stripe_calls(CANCEL_INTENT), world.charged()) == (1, 1, [])

    def test_the_failure_was_notified_before_and_promises_no_retry(self, world: World) -> None:
        unauthenticated_invoice(world)

        (failure,) = notified_attempts(world, "invoice.payment_failure")
        assert (failure["retry"], failure["will_retry"], failure["next_retry_at"]) == (
            "after_customer_acts",
            False,
            None,
        )
        assert "invoice.payment_abandoned" not in world.notified()

    def test_the_same_card_pays_there(self, world: World) -> None:
        invoice_id = invoice_with_page(world)

        authenticate_and_pay(world)
        world.run()

        invoice = world.invoice(invoice_id)
        assert (invoice["payment_status"], invoice["total_paid_amount_cents"]) == ("succeeded", 4200)
        paid = world.payments(invoice_id)[0]
        assert (paid["status"], paid["payment_status"], paid["next_action"]) == ("succeeded", "succeeded", {})
        assert world.charged() == [4200]
        assert world.notified().count(REQUIRES_ACTION) == world.notified().count("payment.succeeded") == 1

    def test_an_authentication_that_fails_on_the_page_is_no_news(self, world: World) -> None:
        invoice_id = invoice_with_page(world)

        with pytest.raises(Exception, match="authentic"):
            world.stripe.control.complete_checkout(sessions(world)[0].id, UNAUTHENTICATED, authenticates=False)
        world.run()
        look_a_minute_later(world, times=20)

        assert world.invoice(invoice_id)["payment_status"] == "pending"
        assert world.notified().count(REQUIRES_ACTION) == world.notified().count("invoice.payment_failure") == 1

    def test_it_is_made_and_notified_once_however_often_it_is_looked_at(self, world: World) -> None:
        invoice_with_page(world)

        look_a_minute_later(world, times=60)

        assert len(sessions(world)) == 1
        assert world.notified().count(REQUIRES_ACTION) == 1

    def test_it_is_due_at_once_so_that_the_next_run_of_the_schedule_makes_it(self, world: World) -> None:
        unauthenticated_invoice(world)

        assert world.hand_out_due()["handed_out"] == 1

    @pytest.mark.parametrize("code", ["authentication_required", "authentication_not_handled"])
    def test_it_follows_a_card_that_can_be_charged_while_the_customer_is_there(self, world: World, code: str) -> None:
        invoice_id = waiting_invoice(world)
        fail_attempt(world, invoice_id, code="card_declined", decline_code=code)

        look_a_minute_later(world)

        assert len(sessions(world)) == 1

    def test_it_follows_where_stripe_refused_what_needs_the_customer(self, world: World) -> None:
        invoice_id = waiting_invoice(world)
        fail_attempt(world, invoice_id, code="payment_intent_action_required")

        look_a_minute_later(world)

        assert len(sessions(world)) == 1

    @pytest.mark.parametrize(
        "error",
        [
            {"code": "card_declined", "decline_code": "mobile_device_authentication_required"},
            {"code": "payment_intent_authentication_failure"},
            {"code": "expired_card", "decline_code": "expired_card"},
            {"code": "authentication_required", "decline_code": "lost_card"},
        ],
        ids=str,
    )
    def test_it_follows_nothing_else(self, world: World, error: dict[str, str]) -> None:
        invoice_id = waiting_invoice(world)
        fail_attempt(world, invoice_id, **error)

        look_a_minute_later(world, times=3)

        assert sessions(world) == []
        assert REQUIRES_ACTION not in world.notified()

    def test_a_planned_retry_that_asks_for_authentication_is_followed_by_one(self, world: World) -> None:
        world.connect()
        world.customer()
        customer = provider_customer_id(world)
        (method,) = world.stripe_client.v1.customers.payment_methods.list(customer).data
        world.stripe.control.set_outcome(method.id, "insufficient_funds")
        invoice_id = world.create_invoice()
        world.run()
        world.stripe.control.set_outcome(method.id, "authentication_required")

        world.pass_time(DAY)
        look_a_minute_later(world, times=2)

        assert len(world.payments(invoice_id)) == 3
        assert world.notification(REQUIRES_ACTION)["payment"]["attempt"] == 3
        assert world.invoice(invoice_id)["next_retry_at"] is None


class TestItsEnd:
    def test_one_that_expired_unpaid_is_not_followed_by_another(self, world: World) -> None:
        invoice_id = invoice_with_page(world)

        world.pass_time(DAY)
        look_a_minute_later(world, times=3)
        for _ in range(30):
            world.pass_time(DAY)
            look_a_minute_later(world)

        assert world.invoice(invoice_id)["payment_status"] == "failed"
        assert (len(sessions(world)), world.stripe_calls()) == (1, 1)
        assert world.notified().count(REQUIRES_ACTION) == 1
        assert reasons(world) == ["authentication_required", "payment_link_expired"]

    def test_after_that_one_may_be_asked_for_which_is_answered_and_not_notified(self, world: World) -> None:
        invoice_id = invoice_with_page(world)
        first = sessions(world)[0].url
        world.pass_time(DAY)
        look_a_minute_later(world, times=3)

        assert payment_url(world, invoice_id) != first

        look_a_minute_later(world, times=3)
        assert world.notified().count(REQUIRES_ACTION) == 1

    def test_another_card_that_wants_authentication_gets_another_one(self, world: World) -> None:
        invoice_id = invoice_with_page(world)
        becomes_default(world, "pm_card_threeDSecure2Required")
        world.run()

        look_a_minute_later(world, times=2)

        assert [session.status for session in sessions(world)] == ["open", "expired"]
        assert [payment["attempt"] for payment in notified_attempts(world, REQUIRES_ACTION)] == [2, 4]
        authenticate_and_pay(world)
        world.run()
        assert world.invoice(invoice_id)["payment_status"] == "succeeded"

    def test_another_card_is_charged_at_once_and_the_page_expires(self, world: World) -> None:
        invoice_id = invoice_with_page(world)

        becomes_default(world)
        world.run()

        assert world.invoice(invoice_id)["payment_status"] == "succeeded"
        assert sessions(world)[0].status == "expired"
        assert (payment_statuses(world, invoice_id), world.charged()) == (["succeeded", "failed", "failed"], [4200])

    def test_another_card_is_charged_though_the_message_of_it_is_lost(self, world: World) -> None:
        invoice_id = invoice_with_page(world)
        becomes_default(world)
        world.deliver_stripe_events()
        world.lose_messages()

        look_a_minute_later(world, times=10)

        assert world.invoice(invoice_id)["payment_status"] == "succeeded"
        assert world.charged() == [4200]

    def test_another_card_finds_that_the_page_was_paid_a_moment_ago(self, world: World) -> None:
        invoice_id = invoice_with_page(world)
        authenticate_and_pay(world)
        becomes_default(world)
        for delivery in world.stripe.due_deliveries():
            if delivery.event_type == "customer.updated":
                world.deliver(delivery)

        world.collect_waiting()
        look_a_minute_later(world, times=3)

        assert world.invoice(invoice_id)["payment_status"] == "succeeded"
        assert world.charged() == [4200]

    def test_the_same_card_reported_again_ends_no_page(self, world: World) -> None:
        invoice_with_page(world)
        customer = provider_customer_id(world)
        world.stripe_client.v1.customers.update(customer, {"name": "Acme Inc."})
        world.run()

        look_a_minute_later(world, times=10)

        assert sessions(world)[0].status == "open"

    def test_a_retry_supersedes_it_and_its_failure_is_followed_by_a_new_one(self, world: World) -> None:
        invoice_id = invoice_with_page(world)

        assert world.api("POST", f"/api/v1/invoices/{invoice_id}/retry_payment").status == 200
        world.collect_due()
        look_a_minute_later(world, times=3)

        assert [session.status for session in sessions(world)] == ["open", "expired"]
        assert len(notified_attempts(world, REQUIRES_ACTION)) == 2

    def test_voiding_expires_it(self, world: World) -> None:
        invoice_id = invoice_with_page(world)

        assert world.api("POST", f"/api/v1/invoices/{invoice_id}/void").status == 200
        look_a_minute_later(world, times=2)

        assert sessions(world)[0].status == "expired"


def is_voided(world: World, invoice_id: str) -> None:
    assert void(world, invoice_id).status == 200


def is_paid_by_hand(world: World, invoice_id: str) -> None:
    assert pay_by_hand(world, invoice_id).status == 200


def is_paid_after_all(world: World, invoice_id: str) -> None:
    """At Stripe, which reports nothing."""
    intent_id = world.payments(invoice_id)[0]["provider_payment_id"]
    world.stripe_client.v1.payment_intents.confirm(intent_id, {"payment_method": "pm_card_visa"})
    world.stripe.due_deliveries()


def gets_another_card(world: World, invoice_id: str) -> None:
    becomes_default(world)
    world.stripe.due_deliveries()


class TestWhatGoesFirst:
    @pytest.mark.parametrize("comes", [is_voided, is_paid_by_hand, is_paid_after_all, gets_another_card])
    def test_no_link_is_made(self, world: World, comes: Callable[[World, str], None]) -> None:
        invoice_id = unauthenticated_invoice(world)

        comes(world, invoice_id)
        look_a_minute_later(world, times=3)

        assert sessions(world) == []
        assert REQUIRES_ACTION not in world.notified()
        assert world.invoice(invoice_id)["payment_status"] == ("failed" if comes is is_voided else "succeeded")

    def test_a_link_that_is_asked_for_before_takes_its_place(self, world: World) -> None:
        invoice_id = unauthenticated_invoice(world)

        first = payment_url(world, invoice_id)
        look_a_minute_later(world, times=3)

        assert [session.url for session in sessions(world)] == [first]
        assert REQUIRES_ACTION not in world.notified()

    def test_who_asks_for_a_link_after_it_is_answered_with_the_same_page(self, world: World) -> None:
        invoice_id = invoice_with_page(world)

        assert payment_url(world, invoice_id) == sessions(world)[0].url

        look_a_minute_later(world, times=3)
        assert (len(sessions(world)), world.notified().count(REQUIRES_ACTION)) == (1, 1)

    def test_who_asks_for_a_link_between_its_record_and_its_page_has_it_made_and_notified(self, world: World) -> None:
        invoice_id = unauthenticated_invoice(world)
        world.stripe.control.add_fault("cut_before_commit", method="POST", path="/v1/checkout/sessions", times=2)
        look_a_minute_later(world)
        assert sessions(world) == []

        page = payment_url(world, invoice_id)

        look_a_minute_later(world, times=10)
        assert [session.url for session in sessions(world)] == [page]
        assert world.notification(REQUIRES_ACTION)["payment"]["next_action"]["redirect_to_url"]["url"] == page

    def test_a_card_that_comes_before_its_page_is_made_is_charged_instead(self, world: World) -> None:
        invoice_id = unauthenticated_invoice(world)
        world.stripe.control.add_fault("cut_before_commit", method="POST", path="/v1/checkout/sessions", times=2)
        look_a_minute_later(world)
        becomes_default(world)
        world.run()

        look_a_minute_later(world, times=20)

        assert world.invoice(invoice_id)["payment_status"] == "succeeded"
        assert world.charged() == [4200]
        assert REQUIRES_ACTION not in world.notified()


class TestWhoCannotHaveAPage:
    def test_while_the_integration_is_paused_it_stays_failed_and_has_it_when_it_is_connected_again(
        self, world: World
    ) -> None:
        invoice_id = unauthenticated_invoice(world)
        world.stripe.control.expire_key(SECRET_KEY)
        look_a_minute_later(world, times=3)
        assert world.invoice(invoice_id)["payment_status"] == "failed"

        world.connect(secret_key=world.stripe.control.add_key(world.account.id))
        look_a_minute_later(world, times=6)

        assert world.notified().count(REQUIRES_ACTION) == world.notified().count("payment_provider.error") == 1

    def test_an_account_that_is_gone_is_notified_once_and_not_asked_again(self, world: World) -> None:
        invoice_id = unauthenticated_invoice(world)
        world.api("DELETE", INTEGRATION_PATH)

        look_a_minute_later(world, times=3)
        for _ in range(30):
            world.pass_time(DAY)
            look_a_minute_later(world)

        assert world.invoice(invoice_id)["payment_status"] == "failed"
        assert reasons(world) == ["authentication_required", "payment_provider_not_connected"]
        assert sessions(world) == []

    def test_a_customer_who_is_linked_to_nobody_any_more_is_notified_once(self, world: World) -> None:
        invoice_id = unauthenticated_invoice(world)
        assert world.api("DELETE", "/api/v1/customers/acme").status == 200

        look_a_minute_later(world, times=5)

        assert world.invoice(invoice_id)["payment_status"] == "failed"
        assert reasons(world) == ["authentication_required", "customer_must_have_payment_provider"]

    def test_a_customer_without_any_card_can_have_one(self, world: World) -> None:
        unauthenticated_invoice(world)
        customer = provider_customer_id(world)
        for method in world.stripe_client.v1.customers.payment_methods.list(customer).data:
            world.stripe_client.v1.payment_methods.detach(method.id)
        world.run()

        look_a_minute_later(world)

        assert world.notified().count(REQUIRES_ACTION) == 1

    @pytest.mark.parametrize("because", ["its customer is gone", "too little is owed"])
    def test_what_stripe_refuses_is_a_failed_attempt_and_not_repeated(self, world: World, because: str) -> None:
        invoice_id = unauthenticated_invoice(world)
        if because == "its customer is gone":
            world.stripe_client.v1.customers.delete(provider_customer_id(world))
            world.stripe.due_deliveries()
        else:
            paid = {"invoice_id": invoice_id, "amount_cents": 4190, "reference": "cash"}
            assert world.api("POST", "/api/v1/payments", {"payment": paid}).status == 200

        look_a_minute_later(world, times=5)
        for _ in range(20):
            world.pass_time(DAY)
            look_a_minute_later(world)

        assert world.invoice(invoice_id)["payment_status"] == "failed"
        first, refused = reasons(world)
        assert first == "authentication_required"
        assert refused in ("customer_must_have_payment_provider", "amount_too_small")
        assert (sessions(world) == []) or because == "its customer is gone"
        assert REQUIRES_ACTION not in world.notified()


class TestTheSetting:
    def test_where_it_is_switched_off_the_failure_is_closed_a_day_later_as_others_are(self, world: World) -> None:
        invoice_id = unauthenticated_invoice(world, authentication_links=False)

        look_a_minute_later(world, times=10)
        assert world.payments(invoice_id)[0]["status"] == "requires_payment_method"
        world.pass_time(DAY)
        look_a_minute_later(world)

        assert world.payments(invoice_id)[0]["status"] == "canceled"
        assert sessions(world) == []

    def test_it_is_one_of_the_integration(self, world: World) -> None:
        assert world.connect()["authentication_links"] is True

        changed = world.call("connect-integration", load_event("connect-integration-authentication-links"))

        assert changed.body["integration"]["authentication_links"] is False
        assert world.connect(name="Other")["authentication_links"] is False

    def test_it_is_true_or_false(self, world: World) -> None:
        body = {"integration": {"secret_key": SECRET_KEY, "authentication_links": "no"}}

        answer = world.api("PUT", INTEGRATION_PATH, body)

        assert refusal(answer) == (422, {"authentication_links": ["value_is_invalid"]})


class TestCrashes:
    @pytest.mark.parametrize("moment", Moment)
    @pytest.mark.parametrize("write", range(2), ids=["closing and beginning", "keeping the page"])
    def test_around_each_write_leaves_one_page_notified_once(self, world: World, write: int, moment: Moment) -> None:
        invoice_id = unauthenticated_invoice(world)
        for _ in range(write):
            world.aws.meanwhile("TransactWriteItems", lambda: None)
        world.aws.crash("TransactWriteItems", moment)

        look_a_minute_later(world)
        assert not world.aws.are_still_to_come
        world.pass_time(20 * MINUTE)
        look_a_minute_later(world, times=10)

        (page,) = sessions(world)
        assert world.notification(REQUIRES_ACTION)["payment"]["next_action"]["redirect_to_url"]["url"] == page.url
        assert payment_url(world, invoice_id) == page.url
        assert world.stripe_calls(CREATE_SESSION) == 1

    @pytest.mark.parametrize("fault", ["cut_before_commit", "cut_after_commit", "truncated_body"])
    def test_a_page_whose_making_is_unknown_is_found_or_made_and_notified(self, world: World, fault: str) -> None:
        unauthenticated_invoice(world)
        world.stripe.control.add_fault(fault, method="POST", path="/v1/checkout/sessions", times=2)
        look_a_minute_later(world)
        assert REQUIRES_ACTION not in world.notified()

        look_a_minute_later(world, times=10)

        (page,) = sessions(world)
        assert world.notification(REQUIRES_ACTION)["payment"]["next_action"]["redirect_to_url"]["url"] == page.url

    def test_of_two_at_once_one_notifies(self, world: World) -> None:
        """Another function keeps the page, right before it would be kept."""
        invoice_id = unauthenticated_invoice(world)
        for _ in range(2):
            world.aws.meanwhile("TransactWriteItems", lambda: None)
        pages: list[str] = []
        world.aws.meanwhile("TransactWriteItems", lambda: pages.append(payment_url(world, invoice_id)))

        look_a_minute_later(world)
        look_a_minute_later(world, times=10)

        assert pages == [session.url for session in sessions(world)]
        assert world.notified().count(REQUIRES_ACTION) == 1

    def test_an_item_that_is_replaced_finds_its_page_and_keeps_it(self, world: World) -> None:
        invoice_id = invoice_with_page(world)
        (item,) = world.items("invoices")
        names = ("organization_id", "lago_id", "external_customer_id", "currency", "total_amount_cents")
        world.put_item("invoices", {name: item[name] for name in names})
        world.invoke("invoice-created", world.stream_event(world.all_images("invoices")))

        look_a_minute_later(world, times=30)

        assert (len(sessions(world)), sessions(world)[0].status) == (1, "open")
        assert world.notified().count(REQUIRES_ACTION) == 1
        assert ask_for_link(world, invoice_id).status == 200
        assert world.stripe_calls() == 1
        assert {item["organization_id"] for item in world.items("invoices")} == {ORGANIZATION}
