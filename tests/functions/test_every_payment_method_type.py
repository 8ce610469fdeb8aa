"""What the row of a payment method type says is what happens: each row, by each thing that can be done with it."""

import pytest
from builders.customers import customer_who_pays_with
from builders.due import days_go_by, look_a_minute_later
from builders.durations import DAY
from builders.invoices import collected
from builders.links import pay_on_page, payment_url, sessions
from builders.method_types import SAMPLES, charged_with, customer_with, types_with, wait_for_the_end
from builders.payments import BEING_COLLECTED, refund, retry
from builders.read import intents, invoice_and_stripe_status, payment_statuses, stripe_statuses
from paystream.model.payment_method_types import PAYMENT_METHOD_TYPES, PaymentMethodType, Saved, WaitsFor
from world.world import World

ROWS = PAYMENT_METHOD_TYPES.values()
STATUS_AT_FIRST = {
    WaitsFor.NOBODY: "succeeded",
    WaitsFor.BANK: "processing",
    WaitsFor.CUSTOMER: "requires_action",
}
"""Stripe's status of an intent whose money is on its way."""


def rows(name: str, *, holds: bool = True) -> pytest.MarkDecorator:
    """Each row of which this is true, or is not."""
    chosen = [row for row in ROWS if bool(getattr(row, name)) is holds]
    assert chosen
    return pytest.mark.parametrize("row", chosen, ids=lambda row: row.name)


each_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)


@pytest.fixture(autouse=True)
def _money_from_banks_takes_days(world: World) -> None:
    world.connect()
    world.stripe.control.set_settlement_delay(3 * DAY)


def saved_types(world: World) -> list[str]:
    """The types of the methods that `acme` has."""
    saved = world.api("GET", "/api/v1/customers/acme/payment_methods").body["payment_methods"]
    return [one["provider_method_type"] for one in saved]


class TestCustomers:
    @each_row
    def test_may_pay_with_it(self, world: World, row: PaymentMethodType) -> None:
        customer_with(world, row)

        shown = world.api("GET", "/api/v1/customers/acme").body["customer"]["billing_configuration"]
        assert shown["provider_payment_methods"] == types_with(row)

    @each_row
    def test_save_it_on_a_page_where_that_can_be(self, world: World, row: PaymentMethodType) -> None:
        customer_with(world, row)

        answer = world.api("POST", "/api/v1/customers/acme/checkout_url")

        can_be = row.saved is Saved.ON_PAGE
        assert answer.status == (200 if can_be else 422)
        assert [one.allowed_payment_method_types for one in sessions(world)] == ([types_with(row)] if can_be else [])


class TestPaymentLinks:
    @rows("is_transfer", holds=False)
    def test_take_it_and_keep_it_where_it_can_be_saved(self, world: World, row: PaymentMethodType) -> None:
        customer_who_pays_with(world, *types_with(row))
        invoice_id = collected(world, currency=SAMPLES[row.name].currency)

        payment_url(world, invoice_id)
        pay_on_page(world, SAMPLES[row.name].pays)
        wait_for_the_end(world, row)

        assert invoice_and_stripe_status(world, invoice_id) == ("succeeded", "succeeded")
        assert saved_types(world) == ([row.name] if row.can_be_saved else [])

    @rows("is_transfer")
    def test_take_a_transfer_instead_of_the_charge_that_waited_for_one(
        self, world: World, row: PaymentMethodType
    ) -> None:
        invoice_id = charged_with(world, row)

        payment_url(world, invoice_id)
        pay_on_page(world, SAMPLES[row.name].pays)
        wait_for_the_end(world, row)

        assert invoice_and_stripe_status(world, invoice_id) == ("succeeded", "succeeded")
        assert saved_types(world) == []


class TestCharges:
    @each_row
    def test_are_made_while_the_customer_is_not_there_unless_it_pays_on_pages_only(
        self, world: World, row: PaymentMethodType
    ) -> None:
        invoice_id = charged_with(world, row)

        is_charged = row.is_charged_off_session or row.is_transfer
        assert stripe_statuses(world, invoice_id) == ([STATUS_AT_FIRST[row.waits_for]] if is_charged else [])
        assert ("customer.payment_method_missing" in world.notified()) is not is_charged

    @rows("is_voucher")
    def test_of_a_voucher_give_the_customer_something_to_pay(self, world: World, row: PaymentMethodType) -> None:
        charged_with(world, row)

        action = world.notification("payment.requires_action")["payment"]["next_action"]
        assert action["type"] == f"{row.name}_display_details"

    @rows("is_charged_off_session")
    def test_end_paid(self, world: World, row: PaymentMethodType) -> None:
        invoice_id = charged_with(world, row)

        wait_for_the_end(world, row)

        assert invoice_and_stripe_status(world, invoice_id) == ("succeeded", "succeeded")
        assert world.charged() == [4200]

    @rows("can_bounce")
    def test_that_bounce_days_later_are_presented_again_as_often_as_may_be(
        self, world: World, row: PaymentMethodType
    ) -> None:
        world.connect(retry_schedule_days=[1] * 8)
        invoice_id = charged_with(world, row, fails=True)
        assert stripe_statuses(world, invoice_id) == ["processing"]

        for _ in range(60):
            days_go_by(world, 1)

        assert payment_statuses(world, invoice_id) == ["failed"] * (1 + row.most_retries)
        assert world.charged() == []

    @pytest.mark.parametrize(
        "row",
        [row for row in ROWS if row.waits_for is not WaitsFor.NOBODY],
        ids=lambda row: row.name,
    )
    def test_that_wait_are_superseded_by_a_retry_where_stripe_cancels_them(
        self, world: World, row: PaymentMethodType
    ) -> None:
        invoice_id = charged_with(world, row)
        (waits,) = intents(world)

        answered = retry(world, invoice_id)
        look_a_minute_later(world, 2)

        then = world.stripe_client.v1.payment_intents.retrieve(waits.id).status
        if row.is_canceled_while_it_waits:
            assert (answered, then, len(intents(world))) == ((200, None), "canceled", 2)
        else:
            assert (answered, then, len(intents(world))) == ((405, BEING_COLLECTED), waits.status, 1)


class TestRefunds:
    @each_row
    def test_are_made_where_stripe_makes_them(self, world: World, row: PaymentMethodType) -> None:
        invoice_id = charged_with(world, row)
        if not stripe_statuses(world, invoice_id):
            payment_url(world, invoice_id)
            pay_on_page(world, SAMPLES[row.name].pays)
        wait_for_the_end(world, row)
        (paid,) = world.payments(invoice_id)

        refund(world, paid["lago_id"])
        wait_for_the_end(world, row)

        (made,) = world.payments(invoice_id)[0]["refunds"]
        assert made["status"] == ("succeeded" if row.refundable else "failed")
