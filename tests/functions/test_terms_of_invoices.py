"""What an invoice says besides its amount: its currency, when it is to be paid, and how it is shown."""

from typing import Any

import pytest
from builders.accounts import connect_with_customer
from builders.customers import CUSTOMERS_PATH
from builders.durations import DAY
from builders.invoices import MINIMAL_INVOICE, failed_invoice, waiting_invoice
from builders.payments import void
from builders.read import notification_bodies
from world.world import World

WITHOUT_CURRENCY = {name: value for name, value in MINIMAL_INVOICE.items() if name != "currency"}


def answered(world: World, **said: Any) -> dict[str, Any]:
    answer = world.api("POST", "/api/v1/invoices", {"invoice": MINIMAL_INVOICE | said})
    assert answer.status == 200, answer.body
    invoice: dict[str, Any] = answer.body["invoice"]
    return invoice


class TestCurrency:
    def test_is_the_customers_where_none_is_sent(self, world: World) -> None:
        world.connect()
        world.customer()
        world.api("POST", CUSTOMERS_PATH, {"customer": {"external_id": "acme", "currency": "USD"}})

        answer = world.api("POST", "/api/v1/invoices", {"invoice": WITHOUT_CURRENCY})
        world.run()

        assert answer.body["invoice"]["currency"] == "USD"
        (paid,) = world.payments(answer.body["invoice"]["lago_id"])
        assert (paid["amount_currency"], paid["payment_status"]) == ("USD", "succeeded")

    @pytest.mark.parametrize(
        ("customers", "total", "details"),
        [
            (None, 4200, {"currency": ["value_is_mandatory"]}),
            ("KPW", 4200, {"currency": ["currency_not_supported"]}),
            ("KWD", 4201, {"total_amount_cents": ["amount_not_in_steps"]}),
        ],
    )
    def test_of_a_customer_that_cannot_be_charged_in_is_refused(
        self, world: World, customers: str | None, total: int, details: dict[str, list[str]]
    ) -> None:
        world.api("POST", CUSTOMERS_PATH, {"customer": {"external_id": "acme", "currency": customers}})

        body = {"invoice": WITHOUT_CURRENCY | {"total_amount_cents": total}}
        answer = world.api("POST", "/api/v1/invoices", body)

        assert (answer.status, answer.body["error_details"]) == (422, details)
        assert world.items("invoices") == []

    def test_stays_what_it_was_when_the_request_is_repeated_after_the_customers_has_changed(self, world: World) -> None:
        headers = {"Idempotency-Key": "order-8812"}
        answers = []
        for currency in ("USD", "EUR"):
            world.api("POST", CUSTOMERS_PATH, {"customer": {"external_id": "acme", "currency": currency}})
            answers.append(world.api("POST", "/api/v1/invoices", {"invoice": WITHOUT_CURRENCY}, headers=headers))

        assert [answer.body["invoice"]["currency"] for answer in answers] == ["USD", "USD"]


class TestPaymentTerm:
    def shown(self, invoice: dict[str, Any]) -> tuple[int, str]:
        return invoice["net_payment_term"], invoice["payment_due_date"]

    @pytest.mark.parametrize(
        ("customers", "said", "shown"),
        [
            (None, {}, (0, "2026-11-23")),
            (30, {}, (30, "2026-12-23")),
            (30, {"net_payment_term": 0}, (0, "2026-11-23")),
            (30, {"net_payment_term": 14}, (14, "2026-12-07")),
            (30, {"payment_due_date": "2026-11-30"}, (7, "2026-11-30")),
            (30, {"payment_due_date": "2026-11-30", "net_payment_term": 7}, (7, "2026-11-30")),
            (30, {"payment_due_date": "2026-11-01"}, (0, "2026-11-01")),
        ],
    )
    def test_is_the_invoices_own_or_the_customers(
        self, world: World, customers: int | None, said: dict[str, Any], shown: tuple[int, str]
    ) -> None:
        world.api("POST", CUSTOMERS_PATH, {"customer": {"external_id": "acme", "net_payment_term": customers}})

        assert self.shown(answered(world, **said)) == shown

    def test_of_an_item_is_its_own(self, world: World) -> None:
        connect_with_customer(world)

        invoice_id = world.put_invoice_item(issuing_date="2026-11-20", net_payment_term=14)
        world.collect_new_invoices()

        invoice = world.invoice(invoice_id)
        assert (invoice["issuing_date"], *self.shown(invoice)) == ("2026-11-20", 14, "2026-12-04")

    def test_does_not_delay_the_charge_as_in_lago(self, world: World) -> None:
        connect_with_customer(world)

        answered(world, net_payment_term=30)
        world.run()

        assert world.charged() == [4200]

    @pytest.mark.parametrize(
        ("said", "details"),
        [
            (
                {"payment_due_date": "2026-11-30", "net_payment_term": 8},
                {"payment_due_date": ["does_not_match_net_payment_term"]},
            ),
            ({"net_payment_term": -1}, {"net_payment_term": ["value_is_invalid"]}),
            ({"net_payment_term": "30"}, {"net_payment_term": ["value_is_invalid"]}),
            ({"payment_due_date": "soon"}, {"payment_due_date": ["value_is_invalid"]}),
            ({"payment_due_date": "2026-02-30"}, {"payment_due_date": ["value_is_invalid"]}),
            ({"payment_due_date": 20261130}, {"payment_due_date": ["value_is_invalid"]}),
        ],
    )
    def test_that_contradicts_itself_is_refused_and_an_item_is_parked(
        self, world: World, said: dict[str, Any], details: dict[str, list[str]]
    ) -> None:
        connect_with_customer(world)

        answer = world.api("POST", "/api/v1/invoices", {"invoice": MINIMAL_INVOICE | said})
        invoice_id = world.put_invoice_item(**said)
        world.collect_new_invoices()

        assert (answer.status, answer.body["error_details"]) == (422, details)
        (problem,) = world.invoice(invoice_id)["error_details"]
        assert (problem["details"], world.charged()) == (details, [])


class TestOverdue:
    def test_is_what_is_unpaid_the_day_after_it_was_due(self, world: World) -> None:
        invoice_id = waiting_invoice(world)
        assert world.invoice(invoice_id)["payment_overdue"] is False

        world.pass_time(DAY)

        assert world.invoice(invoice_id)["payment_overdue"] is True
        (listed,) = world.api("GET", "/api/v1/invoices").body["invoices"]
        assert listed["payment_overdue"] is True

    def test_is_what_has_failed_as_well_and_says_so_when_it_is_notified(self, world: World) -> None:
        failed_invoice(world, retry_schedule_days=[2])
        world.pass_time(2 * DAY)
        world.look_again()
        world.run()

        updates = [body["invoice"] for body in notification_bodies(world) if "invoice" in body]
        assert {(one["payment_status"], one["payment_overdue"]) for one in updates} == {
            ("failed", False),
            ("pending", True),
            ("failed", True),
        }

    def test_is_not_what_has_time_left_is_paid_or_is_voided(self, world: World) -> None:
        world.connect()
        world.customer(payment_method=None)
        later = answered(world, net_payment_term=30)["lago_id"]
        paid = answered(world)["lago_id"]
        voided = answered(world)["lago_id"]
        world.run()
        world.api("PUT", f"/api/v1/invoices/{paid}", {"invoice": {"payment_status": "succeeded"}})
        void(world, voided)

        world.pass_time(10 * DAY)

        assert [world.invoice(one)["payment_overdue"] for one in (later, paid, voided)] == [False] * 3


class TestShown:
    def test_are_the_purchase_order_and_the_display_name_of_a_line(self, world: World) -> None:
        connect_with_customer(world)
        line = {"add_on_code": "setup", "unit_amount_cents": 4200, "name": "Setup"}

        invoice = answered(
            world, purchase_order_number="PO-7", fees=[line | {"invoice_display_name": "Setup fee (SF1)"}]
        )

        assert invoice["purchase_order_number"] == "PO-7"
        (fee,) = invoice["fees"]
        assert (fee["item"]["name"], fee["item"]["invoice_display_name"]) == ("Setup", "Setup fee (SF1)")
        assert world.invoice(invoice["lago_id"]) == invoice

    def test_is_the_purchase_order_of_an_item(self, world: World) -> None:
        connect_with_customer(world)
        invoice_id = world.put_invoice_item(purchase_order_number="PO-7")
        world.run()

        assert world.invoice(invoice_id)["purchase_order_number"] == "PO-7"


@pytest.mark.parametrize(
    "said", [{"net_payment_term": 0}, {"purchase_order_number": "PO-7"}, {"payment_due_date": "2026-11-23"}], ids=str
)
def test_a_key_names_the_terms_as_well(world: World, unlinked_customer: str, said: dict[str, Any]) -> None:
    headers = {"Idempotency-Key": "order-8812"}

    answers = [
        world.api("POST", "/api/v1/invoices", {"invoice": MINIMAL_INVOICE | one}, headers=headers).status
        for one in (said, said, {})
    ]

    assert answers == [200, 200, 409]


def test_a_request_has_the_hash_that_it_had_before_there_were_more_terms(world: World, unlinked_customer: str) -> None:
    """So that a key of then is answered with the invoice of then."""
    fees = [{"add_on_code": "x", "unit_amount_cents": 5}]
    body = {"external_customer_id": "acme", "currency": "EUR", "fees": fees, "metadata": [{"key": "k", "value": "v"}]}
    world.api("POST", "/api/v1/invoices", {"invoice": body}, headers={"Idempotency-Key": "order-8812"})

    (stored,) = world.items("invoices")

    assert stored["request_hash"] == "d512f1fe67c14199afa9ea71141916e5c1516fab6716af2846e97a92489b6675"
