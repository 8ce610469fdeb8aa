"""Items of the table that say that they are paid, voided or not owed yet: taken at their word, or parked if that
contradicts itself.
"""

from typing import Any

import pytest
from builders.accounts import connect_with_customer
from builders.customers import DECLINED
from builders.durations import DAY, MINUTE
from builders.invoices import put_as_large_as_possible, replace_item
from builders.payments import pay_by_hand, refunds_at_stripe, void
from builders.stripe_requests import CREATE_INTENT, break_stripe
from world.aws_calls import Moment
from world.world import World


def taken_in(world: World, **said: Any) -> dict[str, Any]:
    """The invoice of an item that says so, after days on which everything happened."""
    connect_with_customer(world)
    invoice_id = world.put_invoice_item(**said)
    assert world.collect_new_invoices() == []
    for _ in range(3):
        world.run()
        world.pass_time(DAY)
        assert world.look_again() == 0
    return world.invoice(invoice_id)


def codes(world: World, invoice_id: str) -> dict[str, list[str]]:
    """Why the invoice is parked; nothing if it is not."""
    errors = world.invoice(invoice_id)["error_details"]
    return dict(errors[0]["details"]) if errors else {}


class TestPaid:
    @pytest.mark.parametrize(
        "said",
        [
            {"payment_status": "succeeded"},
            {"payment_status": "succeeded", "total_paid_amount_cents": 4200, "total_due_amount_cents": 0},
            {"total_paid_amount_cents": 4200},
            {"total_due_amount_cents": 0},
            {"payment_status": "succeeded", "status": "finalized", "created_at": "2027-01-01T00:00:00Z"},
            {"payment_status": "succeeded", "skip_psp": True},
            {
                "payment_status": "succeeded",
                "fees": [{"add_on_code": "a", "unit_amount_cents": 4200, "tax_codes": ["vat"]}],
            },
        ],
        ids=str,
    )
    def test_is_taken_in_as_paid_without_stripe_and_nothing_is_notified(
        self, world: World, said: dict[str, Any]
    ) -> None:
        invoice = taken_in(world, **said)

        assert (invoice["payment_status"], invoice["error_details"]) == ("succeeded", [])
        assert (invoice["total_paid_amount_cents"], invoice["total_due_amount_cents"]) == (4200, 0)
        assert (world.charged(), world.notified(), world.stripe_calls("GET /v1/payment_intents")) == ([], [], 1)

    def test_can_be_found_by_its_status(self, world: World) -> None:
        invoice = taken_in(world, payment_status="succeeded")

        found = world.api("GET", "/api/v1/invoices?payment_status=succeeded").body["invoices"]
        assert [one["lago_id"] for one in found] == [invoice["lago_id"]]

    def test_is_not_charged_when_its_item_is_put_again_without_the_word(self, world: World) -> None:
        taken_in(world, payment_status="succeeded")

        invoice_id = replace_item(world)

        assert (world.invoice(invoice_id)["payment_status"], world.charged()) == ("succeeded", [])

    def test_is_not_paid_twice_when_its_item_is_put_again(self, world: World) -> None:
        taken_in(world, payment_status="succeeded")

        invoice_id = replace_item(world, payment_status="succeeded")

        assert world.invoice(invoice_id)["total_paid_amount_cents"] == 4200
        assert world.notified() == []


class TestPartlyPaid:
    @pytest.mark.parametrize(
        "said",
        [
            {"total_paid_amount_cents": 1000},
            {"total_due_amount_cents": 3200},
            {"payment_status": "pending", "total_paid_amount_cents": 1000, "total_due_amount_cents": 3200},
            {"payment_status": "failed", "total_paid_amount_cents": 1000},
        ],
        ids=str,
    )
    def test_owes_the_rest(self, world: World, said: dict[str, Any]) -> None:
        invoice = taken_in(world, **said)

        assert world.charged() == [3200]
        assert (invoice["payment_status"], invoice["total_paid_amount_cents"]) == ("succeeded", 4200)

    def test_owes_nothing_more_when_its_item_is_put_again(self, world: World) -> None:
        taken_in(world, total_paid_amount_cents=1000)

        invoice_id = replace_item(world, total_paid_amount_cents=1000)

        assert (world.invoice(invoice_id)["payment_status"], world.charged()) == ("succeeded", [3200])
        assert world.invoice(invoice_id)["total_paid_amount_cents"] == 4200

    @pytest.mark.parametrize("paid", [0, 1000, 4200])
    def test_or_paid_with_what_came_from_here_is_what_it_was(self, world: World, paid: int) -> None:
        """The application has written down what it heard from here."""
        world.connect(refund_second_payments=True)
        world.customer()
        world.put_invoice_item(total_paid_amount_cents=paid)
        world.run()

        invoice_id = replace_item(world, payment_status="succeeded", total_paid_amount_cents=4200)
        for _ in range(3):
            world.pass_time(DAY)
            world.look_again()

        assert world.invoice(invoice_id)["total_paid_amount_cents"] == 4200
        assert (sum(world.charged()), refunds_at_stripe(world)) == (4200 - paid, [])

    def test_counts_what_was_paid_by_hand_before_it_was_put_again(self, world: World) -> None:
        world.connect()
        world.customer(payment_method=None)
        invoice_id = world.put_invoice_item()
        world.run()
        pay_by_hand(world, invoice_id, 1000)

        replace_item(world, total_paid_amount_cents=1000)

        assert world.invoice(invoice_id)["total_due_amount_cents"] == 3200


class TestVoided:
    @pytest.mark.parametrize(
        ("said", "shown"),
        [
            ({"status": "voided"}, ("pending", 0)),
            ({"status": "voided", "voided_at": "2026-11-01T00:00:00Z"}, ("pending", 0)),
            ({"status": "voided", "payment_status": "succeeded"}, ("succeeded", 4200)),
            ({"status": "voided", "total_paid_amount_cents": 1000}, ("pending", 1000)),
        ],
        ids=str,
    )
    def test_is_taken_in_as_voided(self, world: World, said: dict[str, Any], shown: tuple[str, int]) -> None:
        invoice = taken_in(world, **said)

        assert (invoice["status"], invoice["error_details"]) == ("voided", [])
        assert (invoice["payment_status"], invoice["total_paid_amount_cents"]) == shown
        assert (world.charged(), world.notified()) == ([], [])
        assert not [item for item in world.items("invoices") if "due_at" in item]

    def test_stays_voided_as_what_a_person_voided(self, world: World) -> None:
        taken_in(world, status="voided")

        invoice_id = replace_item(world)

        assert (world.invoice(invoice_id)["status"], world.charged()) == ("voided", [])

    def test_over_one_that_failed_closes_its_attempt(self, world: World) -> None:
        world.connect(retry_schedule_days=[1, 1])
        world.customer(payment_method=DECLINED)
        world.put_invoice_item()
        world.run()

        invoice_id = replace_item(world, status="voided")
        for _ in range(3):
            world.pass_time(DAY)
            world.look_again()

        assert world.invoice(invoice_id)["status"] == "voided"
        assert [one.status for one in world.stripe_client.v1.payment_intents.list().data] == ["canceled"]


class TestParked:
    @pytest.mark.parametrize(
        ("said", "details"),
        [
            ({"status": "draft"}, {"status": ["not_finalized"]}),
            ({"status": "generating"}, {"status": ["not_finalized"]}),
            ({"status": "sent"}, {"status": ["value_is_invalid"]}),
            ({"payment_status": "paid"}, {"payment_status": ["value_is_invalid"]}),
            ({"payment_status": "refunded"}, {"payment_status": ["value_is_invalid"]}),
            ({"payment_status": True}, {"payment_status": ["value_is_invalid"]}),
            (
                {"payment_status": "succeeded", "total_paid_amount_cents": 1000},
                {"payment_status": ["does_not_match_payments"]},
            ),
            (
                {"payment_status": "pending", "total_paid_amount_cents": 4200},
                {"payment_status": ["does_not_match_payments"]},
            ),
            (
                {"payment_status": "succeeded", "total_due_amount_cents": 4200},
                {"total_due_amount_cents": ["does_not_match_payment_status"]},
            ),
            (
                {"total_paid_amount_cents": 1000, "total_due_amount_cents": 4200},
                {"total_due_amount_cents": ["does_not_match_payments"]},
            ),
            ({"total_paid_amount_cents": 5000}, {"total_paid_amount_cents": ["value_is_out_of_range"]}),
            ({"total_paid_amount_cents": -1}, {"total_paid_amount_cents": ["value_is_invalid"]}),
            ({"total_due_amount_cents": 5000}, {"total_due_amount_cents": ["value_is_out_of_range"]}),
            (
                {"currency": "ISK", "total_paid_amount_cents": 1050},
                {"total_paid_amount_cents": ["amount_not_in_steps"]},
            ),
            ({"created_at": "2026-11-24T10:00:00Z"}, {"created_at": ["value_is_in_the_future"]}),
            ({"issuing_date": "2026-12-01"}, {"issuing_date": ["value_is_in_the_future"]}),
            ({"voided_at": "2026-11-01T00:00:00Z"}, {"voided_at": ["not_supported"]}),
            ({"payment_dispute_lost_at": "2026-11-01T00:00:00Z"}, {"payment_dispute_lost_at": ["not_supported"]}),
            ({"ready_for_payment_processing": False}, {"ready_for_payment_processing": ["not_supported"]}),
            (
                {"total_offsetted_credit_note_amount_cents": 700},
                {"total_offsetted_credit_note_amount_cents": ["not_supported"]},
            ),
            (
                {"fees": [{"add_on_code": "a", "unit_amount_cents": 4200, "tax_codes": ["vat"]}]},
                {"fees.0.tax_codes": ["not_supported"]},
            ),
            (
                {
                    "total_amount_cents": None,
                    "fees": [{"add_on_code": "a", "unit_amount_cents": 4200}],
                    "taxes_amount_cents": 700,
                },
                {"taxes_amount_cents": ["not_supported"]},
            ),
        ],
        ids=str,
    )
    def test_is_what_contradicts_itself_or_is_not_owed_now(
        self, world: World, said: dict[str, Any], details: dict[str, list[str]]
    ) -> None:
        invoice = taken_in(world, **said)

        assert codes(world, invoice["lago_id"]) == details
        assert (invoice["payment_status"], world.charged(), world.notified()) == ("pending", [], [])

    def test_is_collected_when_the_item_is_put_again_as_what_it_has_become(self, world: World) -> None:
        taken_in(world, status="draft")

        invoice_id = replace_item(world, status="finalized")

        assert codes(world, invoice_id) == {}
        assert (world.invoice(invoice_id)["payment_status"], world.charged()) == ("succeeded", [4200])

    def test_is_what_says_that_it_was_paid_while_an_attempt_is_on_its_way(self, world: World) -> None:
        connect_with_customer(world)
        world.put_invoice_item()
        break_stripe(world, CREATE_INTENT, "cut_after_commit")
        world.collect_new_invoices()
        world.stripe.control.clear_faults()
        world.stripe.due_deliveries()
        world.lose_messages()

        invoice_id = replace_item(world, payment_status="succeeded")
        assert codes(world, invoice_id) == {"total_paid_amount_cents": ["payment_is_being_collected"]}
        for _ in range(4):
            world.pass_time(15 * MINUTE)
            world.look_again()
        replace_item(world, payment_status="succeeded")

        invoice = world.invoice(invoice_id)
        assert (invoice["payment_status"], invoice["total_paid_amount_cents"], world.charged()) == (
            "succeeded",
            4200,
            [4200],
        )

    def test_can_be_voided(self, world: World) -> None:
        invoice = taken_in(world, status="draft")

        assert void(world, invoice["lago_id"]).status == 200


@pytest.mark.parametrize(
    "said",
    [
        {"status": "finalized", "payment_status": "pending", "total_paid_amount_cents": 0},
        {"payment_status": "failed", "total_due_amount_cents": 4200, "voided_at": None},
        {"taxes_amount_cents": 700, "coupons_amount_cents": 100, "ready_for_payment_processing": True},
        {"created_at": "2026-11-23T10:30:00Z", "issuing_date": "2026-11-24"},
    ],
    ids=str,
)
def test_what_says_that_it_is_owed_now_is_charged(world: World, said: dict[str, Any]) -> None:
    invoice = taken_in(world, **said)

    assert (invoice["error_details"], world.charged()) == ([], [4200])


def test_an_item_that_paystream_wrote_is_read_as_before(world: World) -> None:
    connect_with_customer(world)
    invoice_id = world.put_invoice_item()
    world.run()
    (backup,) = world.all_images("invoices")
    assert "customer_key" in backup

    world.dynamodb.put_item(TableName="InvoicesTable", Item=backup)
    record = world.stream_event([backup])
    assert world.invoke("invoice-created", record)["batchItemFailures"] == []

    invoice = world.invoice(invoice_id)
    assert (invoice["payment_status"], invoice["total_paid_amount_cents"], world.charged()) == (
        "succeeded",
        4200,
        [4200],
    )


@pytest.mark.parametrize("moment", Moment)
@pytest.mark.parametrize("said", [{"total_paid_amount_cents": 1000}, {"status": "voided"}], ids=str)
def test_a_crash_while_it_is_taken_in_counts_nothing_twice(world: World, said: dict[str, Any], moment: Moment) -> None:
    connect_with_customer(world)
    invoice_id = world.put_invoice_item(**said)
    record = world.stream_event(world.new_images("invoices"))
    world.aws.crash("TransactWriteItems", moment)

    assert len(world.invoke("invoice-created", record)["batchItemFailures"]) == 1
    assert world.invoke("invoice-created", record)["batchItemFailures"] == []

    shown = world.invoice(invoice_id)
    is_voided = shown["status"] == "voided"
    assert (shown["total_paid_amount_cents"], world.charged()) == ((0, []) if is_voided else (4200, [3200]))


def test_an_item_as_large_as_possible_is_parked_whatever_it_says(world: World) -> None:
    connect_with_customer(world)
    put_as_large_as_possible(world, "large", bytes_left=10_000)
    assert world.collect_new_invoices() == []

    assert codes(world, "large") == {"item": ["value_is_too_long"]}
