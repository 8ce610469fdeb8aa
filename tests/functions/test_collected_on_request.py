"""`skip_psp` and `manual`: the invoice is made, and nothing is sent to Stripe before a request asks for it."""

from typing import Any

import pytest
from builders.accounts import connect_with_customer, disconnect_at_once
from builders.customers import DECLINED, becomes_default
from builders.durations import DAY, MINUTE
from builders.invoices import MINIMAL_INVOICE, replace_item
from builders.links import pay_on_page, payment_url
from builders.payments import pay_by_hand, retry, void
from builders.stripe_requests import CREATE_INTENT, LIST_INTENTS, break_stripe
from world.world import SECRET_KEY, World

MANUAL = {"payment_method": {"payment_method_type": "manual"}}
SAID: tuple[dict[str, Any], ...] = ({"skip_psp": True}, MANUAL)


def made(world: World, **said: Any) -> str:
    """An invoice that the API was asked for, after everything has happened that happens at once."""
    answer = world.api("POST", "/api/v1/invoices", {"invoice": MINIMAL_INVOICE | (said or {"skip_psp": True})})
    assert answer.status == 200, answer.body
    world.run()
    return str(answer.body["invoice"]["lago_id"])


def let_days_pass(world: World, days: int = 5) -> None:
    for _ in range(days):
        world.pass_time(DAY)
        assert world.look_again() == 0
        world.run()


def state(world: World, invoice_id: str) -> str:
    return str(world.invoice(invoice_id)["payment_status"])


@pytest.mark.parametrize("said", SAID, ids=str)
class TestIsNotCharged:
    def test_when_it_is_made_nor_later(self, world: World, said: dict[str, Any]) -> None:
        connect_with_customer(world)

        invoice_id = made(world, **said)
        let_days_pass(world)

        assert (state(world, invoice_id), world.payments(invoice_id)) == ("pending", [])
        assert (world.charged(), world.stripe_calls(CREATE_INTENT)) == ([], 0)
        assert world.notified() == ["invoice.payment_overdue"]

    def test_as_an_item_of_the_table(self, world: World, said: dict[str, Any]) -> None:
        connect_with_customer(world)

        invoice_id = world.put_invoice_item(**said)
        assert world.collect_new_invoices() == []
        let_days_pass(world)

        assert (state(world, invoice_id), world.invoice(invoice_id)["error_details"]) == ("pending", [])
        assert world.charged() == []

    def test_when_the_customer_gets_a_payment_method(self, world: World, said: dict[str, Any]) -> None:
        world.connect()
        world.customer(payment_method=None)
        invoice_id = made(world, **said)

        becomes_default(world, "pm_card_visa")
        world.run()
        let_days_pass(world)

        assert (state(world, invoice_id), world.charged()) == ("pending", [])

    def test_before_a_request_asks_for_it(self, world: World, said: dict[str, Any]) -> None:
        connect_with_customer(world)
        invoice_id = made(world, **said)

        assert retry(world, invoice_id) == (200, None)
        world.collect_due()

        assert (state(world, invoice_id), world.charged()) == ("succeeded", [4200])


def test_a_false_skip_psp_and_no_payment_method_are_as_if_they_were_not_sent(world: World) -> None:
    connect_with_customer(world)

    made(world, skip_psp=False, payment_method=None)

    assert world.charged() == [4200]


def test_skip_psp_in_a_fee_where_lagos_description_has_it_counts_for_the_invoice(world: World) -> None:
    connect_with_customer(world)

    made(world, fees=[{"add_on_code": "setup", "unit_amount_cents": 4200, "skip_psp": True}])

    assert world.charged() == []


def test_an_invoice_of_nothing_is_paid_all_the_same(world: World) -> None:
    connect_with_customer(world)

    assert state(world, made(world, skip_psp=True, total_amount_cents=0)) == "succeeded"
    assert state(world, replace_item(world, skip_psp=True, total_amount_cents=0)) == "succeeded"


def test_a_request_that_names_the_manual_method_charges_nothing(world: World) -> None:
    connect_with_customer(world)
    invoice_id = made(world)

    assert retry(world, invoice_id, MANUAL) == (200, None)
    world.collect_due()

    assert (state(world, invoice_id), world.charged()) == ("pending", [])


def test_a_request_charges_the_default_where_it_names_no_id(world: World) -> None:
    connect_with_customer(world)
    invoice_id = made(world)

    assert retry(world, invoice_id, {"payment_method": {"payment_method_type": "provider"}}) == (200, None)
    world.collect_due()

    assert world.charged() == [4200]


def test_two_requests_charge_it_once(world: World) -> None:
    connect_with_customer(world)
    invoice_id = made(world)

    assert [retry(world, invoice_id)[0], retry(world, invoice_id)[0]] == [200, 405]
    world.collect_due()
    world.collect_due()

    assert world.charged() == [4200]


def test_what_fails_is_tried_again_by_another_request_only(world: World) -> None:
    world.connect(retry_schedule_days=[1, 1], authentication_links=True)
    world.customer(payment_method=DECLINED)
    invoice_id = made(world)
    retry(world, invoice_id)
    world.collect_due()
    assert (state(world, invoice_id), world.invoice(invoice_id)["next_retry_at"]) == ("failed", None)

    becomes_default(world, "pm_card_visa")
    world.run()
    let_days_pass(world)
    assert (state(world, invoice_id), world.charged()) == ("failed", [])

    retry(world, invoice_id)
    world.collect_due()
    assert (state(world, invoice_id), world.charged()) == ("succeeded", [4200])


def test_where_nobody_can_pay_the_request_is_answered_by_a_notification_and_does_not_stay(world: World) -> None:
    world.connect()
    world.customer(payment_method=None)
    invoice_id = made(world)

    assert retry(world, invoice_id) == (200, None)
    becomes_default(world, "pm_card_visa")
    world.run()
    let_days_pass(world, 2)

    assert world.notified().count("invoice.payment_failure") == 1
    assert (state(world, invoice_id), world.charged()) == ("pending", [])


def test_a_page_is_made_on_request_and_none_follows_it(world: World) -> None:
    connect_with_customer(world)
    invoice_id = made(world)

    payment_url(world, invoice_id)
    let_days_pass(world)

    assert (state(world, invoice_id), world.charged()) == ("failed", [])
    assert len(world.payments(invoice_id)) == 1


def test_it_is_paid_on_its_page(world: World) -> None:
    connect_with_customer(world)
    invoice_id = made(world)

    payment_url(world, invoice_id)
    pay_on_page(world)
    world.run()

    assert (state(world, invoice_id), world.charged()) == ("succeeded", [4200])


def test_it_is_voided_and_paid_by_hand_as_any_other(world: World) -> None:
    connect_with_customer(world)
    voided, paid = made(world), made(world)

    assert void(world, voided).status == 200
    pay_by_hand(world, paid, 4200)
    let_days_pass(world, 2)

    assert (world.invoice(voided)["status"], state(world, paid)) == ("voided", "succeeded")
    assert world.charged() == []


def test_the_rest_of_what_was_paid_by_hand_is_charged_on_request_only(world: World) -> None:
    connect_with_customer(world)
    invoice_id = made(world)
    pay_by_hand(world, invoice_id, 1000)
    let_days_pass(world, 2)
    assert world.charged() == []

    retry(world, invoice_id)
    world.collect_due()

    assert world.charged() == [3200]


def test_a_key_that_is_put_right_begins_nothing(world: World) -> None:
    connect_with_customer(world)
    invoice_id = made(world)
    world.stripe.control.expire_key(SECRET_KEY)
    let_days_pass(world, 2)

    world.connect(secret_key=world.stripe.control.add_key(world.account.id))
    world.run()
    let_days_pass(world, 2)

    assert (state(world, invoice_id), world.stripe_calls(CREATE_INTENT)) == ("pending", 0)


@pytest.mark.parametrize("fault", ["cut_before_commit", "cut_after_commit"])
def test_an_item_that_says_so_over_one_whose_charge_has_no_answer_charges_nothing_more(
    world: World, fault: str
) -> None:
    connect_with_customer(world)
    world.put_invoice_item()
    break_stripe(world, CREATE_INTENT, fault)
    world.collect_new_invoices()
    world.stripe.control.clear_faults()
    world.stripe.due_deliveries()
    world.lose_messages()
    charged = world.charged()

    invoice_id = replace_item(world, skip_psp=True)
    for _ in range(6):
        world.pass_time(15 * MINUTE)
        world.look_again()
    let_days_pass(world, 3)

    assert world.charged() == charged
    assert state(world, invoice_id) == ("succeeded" if charged else "pending")


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"skip_psp": "yes"}, "skip_psp"),
        ({"payment_method": "card"}, "payment_method"),
        ({"payment_method": {"payment_method_type": "cash"}}, "payment_method.payment_method_type"),
        ({"payment_method": {"payment_method_id": ""}}, "payment_method.payment_method_id"),
    ],
)
def test_what_cannot_be_read_is_refused_and_an_item_is_parked(world: World, said: dict[str, Any], field: str) -> None:
    connect_with_customer(world)

    answer = world.api("POST", "/api/v1/invoices", {"invoice": MINIMAL_INVOICE | said})
    invoice_id = world.put_invoice_item(**said)
    world.collect_new_invoices()

    assert (answer.status, answer.body["error_details"]) == (422, {field: ["value_is_invalid"]})
    (problem,) = world.invoice(invoice_id)["error_details"]
    assert problem["details"] == {field: ["value_is_invalid"]}
    assert world.charged() == []


def test_the_manual_method_has_no_id_in_lagos_words(world: World) -> None:
    connect_with_customer(world)
    body = {"payment_method": {"payment_method_type": "manual", "payment_method_id": "1"}}

    made_answer = world.api("POST", "/api/v1/invoices", {"invoice": MINIMAL_INVOICE | body})
    retried = world.api("POST", f"/api/v1/invoices/{made(world)}/retry_payment", body)

    for answer in (made_answer, retried):
        assert (answer.status, answer.body["error_details"]) == (422, {"payment_method": ["invalid_payment_method"]})


def test_the_same_key_with_another_skip_psp_is_another_invoice(world: World) -> None:
    connect_with_customer(world)
    headers = {"Idempotency-Key": "order-8812"}

    answers = [
        world.api("POST", "/api/v1/invoices", {"invoice": MINIMAL_INVOICE | said}, headers=headers).status
        for said in ({"skip_psp": True}, {"skip_psp": True}, {})
    ]

    assert answers == [200, 200, 409]


def test_an_item_that_says_so_over_one_that_was_never_sent_is_charged_on_request_after_a_look_at_stripe(
    world: World,
) -> None:
    world.connect()
    world.customer(payment_method=None)
    world.put_invoice_item()
    world.run()
    invoice_id = replace_item(world, skip_psp=True)
    becomes_default(world, "pm_card_visa")
    world.run()
    listed = world.stripe_calls(LIST_INTENTS)

    assert retry(world, invoice_id) == (200, None)
    world.collect_due()

    assert world.stripe_calls(LIST_INTENTS) > listed
    assert (state(world, invoice_id), world.charged()) == ("succeeded", [4200])


def test_an_item_that_says_so_over_one_without_an_answer_waits_for_a_request_though_its_account_was_gone(
    world: World,
) -> None:
    connect_with_customer(world)
    world.put_invoice_item()
    break_stripe(world, CREATE_INTENT, "cut_before_commit")
    world.collect_new_invoices()
    world.stripe.control.clear_faults()
    invoice_id = replace_item(world, skip_psp=True)
    disconnect_at_once(world)
    let_days_pass(world, 2)

    world.connect()
    world.run()
    for _ in range(3):
        world.pass_time(DAY)
        world.look_again()
        world.run()

    assert (state(world, invoice_id), world.charged()) == ("pending", [])
