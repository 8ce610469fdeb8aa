"""Lists: what is chosen, page by page, by cursor or by number, and counted."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from builders.standings import standing_otherwise
from paystream.errors import InvalidInputError
from paystream.model.invoice import Invoice, Problem
from paystream.model.invoice_filter import InvoiceFilter
from paystream.model.notification import NotificationFilter, WebhookType
from paystream.model.standing import InvoiceStatus, PaymentStatus
from paystream.ports.pages import Count, Page, PageRequest
from paystream.ports.stores import Stores
from stores.records import NOW, ORGANIZATION, OTHER_ORGANIZATION, at, customer, invoice, manual_payment, notification

FAILED, PENDING, SUCCEEDED = PaymentStatus.FAILED, PaymentStatus.PENDING, PaymentStatus.SUCCEEDED


def made(stores: Stores, lago_id: str, seconds: float, **changes: Any) -> Invoice:
    """An invoice of that second."""
    one = invoice(lago_id, number=f"number of {lago_id}", created_at=at(seconds), **changes)
    stores.invoices.create(one)
    return one


def found(stores: Stores, wanted: InvoiceFilter, **request: Any) -> Page[Invoice]:
    return stores.invoices.page(ORGANIZATION, wanted, request=PageRequest(**({"limit": 100} | request)))


def ids(page: Page[Any]) -> list[str]:
    return [one.lago_id for one in page.records]


class TestInvoices:
    @pytest.fixture
    def several(self, stores: Stores) -> Stores:
        """Five, a second apart: the oldest is `a`."""
        made(stores, "a", 0, payment_status=SUCCEEDED, total_amount_cents=100, due_at=None)
        made(stores, "b", 1, payment_status=FAILED, total_amount_cents=200, due_at=None)
        made(stores, "c", 2, currency="USD", issuing_date=date(2026, 12, 1))
        made(stores, "d", 3, payment_status=FAILED, status=InvoiceStatus.VOIDED, due_at=None)
        made(stores, "e", 4, external_customer_id="other")
        return stores

    @pytest.mark.parametrize(
        ("wanted", "expected"),
        [
            ({}, "edcba"),
            ({"payment_statuses": frozenset({FAILED})}, "db"),
            ({"payment_statuses": frozenset({FAILED, PENDING})}, "edcb"),
            ({"payment_statuses": frozenset()}, ""),
            ({"external_customer_id": "acme"}, "dcba"),
            ({"external_customer_id": "acme", "payment_statuses": frozenset({PENDING})}, "c"),
            ({"statuses": frozenset({InvoiceStatus.VOIDED})}, "d"),
            ({"currency": "USD"}, "c"),
            ({"amount_from": 100, "amount_to": 200}, "ba"),
            ({"issued_from": date(2026, 12, 1)}, "c"),
            ({"issued_to": date(2026, 11, 30)}, "edba"),
            ({"search_term": "NUMBER OF B"}, "b"),
            ({"is_impossible": True}, ""),
        ],
    )
    def test_are_chosen(self, several: Stores, wanted: dict[str, Any], expected: str) -> None:
        assert ids(found(several, InvoiceFilter(**wanted))) == list(expected)

    @pytest.mark.parametrize(
        "wanted",
        [
            InvoiceFilter(),
            InvoiceFilter(payment_statuses=frozenset({FAILED, PENDING, SUCCEEDED})),
            InvoiceFilter(payment_statuses=frozenset({FAILED, SUCCEEDED})),
            InvoiceFilter(external_customer_id="acme"),
            InvoiceFilter(search_term="number"),
        ],
    )
    def test_are_each_reached_once_by_cursor_and_by_number(self, several: Stores, wanted: InvoiceFilter) -> None:
        whole = ids(found(several, wanted))
        by_cursor: list[str] = []
        cursor = None
        while not by_cursor or cursor:
            page = found(several, wanted, limit=2, cursor=cursor)
            by_cursor += ids(page)
            cursor = page.next_cursor
        by_number = [found(several, wanted, limit=2, number=number) for number in (1, 2, 3, 4)]

        assert by_cursor == whole
        assert [one for page in by_number for one in ids(page)] == whole
        assert {page.count for page in by_number} == {Count(len(whole), is_exact=True)}

    @pytest.mark.parametrize(
        ("wanted", "expected"),
        [
            ({"is_overdue": True}, "fb"),
            ({"is_overdue": False}, "gedca"),
            ({"is_overdue": True, "payment_statuses": frozenset({PENDING})}, "f"),
            ({"is_overdue": True, "payment_statuses": frozenset({SUCCEEDED})}, ""),
            ({"is_overdue": True, "external_customer_id": "acme"}, "b"),
            ({"is_dispute_lost": True}, "ca"),
            ({"is_dispute_lost": False}, "gfedb"),
            ({"is_dispute_lost": True, "payment_statuses": frozenset({PENDING})}, "c"),
            ({"is_dispute_lost": False, "is_overdue": False}, "ged"),
        ],
    )
    def test_are_chosen_by_what_became_of_them(self, stores: Stores, wanted: dict[str, Any], expected: str) -> None:
        due = {"issuing_date": date(2026, 11, 1)}
        made(stores, "a", 0, payment_status=SUCCEEDED, due_at=None, payment_dispute_lost_at=NOW, **due)
        made(stores, "b", 1, payment_status=FAILED, due_at=None, **due)
        made(stores, "c", 2, payment_dispute_lost_at=NOW, **due)
        made(stores, "d", 3, payment_status=FAILED, status=InvoiceStatus.VOIDED, due_at=None, **due)
        made(stores, "e", 4, payment_due_date=date(2026, 11, 20), **due)
        made(stores, "f", 5, payment_due_date=date(2026, 11, 19), external_customer_id="other", **due)
        made(stores, "g", 6, problem=Problem(code="invalid_item", details={}), due_at=None, **due)
        asked = InvoiceFilter(as_of=datetime(2026, 11, 20, 12, tzinfo=UTC), **wanted)

        assert ids(found(stores, asked)) == list(expected)
        assert found(stores, asked, number=1).count == Count(len(expected), is_exact=True)

    def test_lead_on_by_cursor_from_a_page_with_a_number(self, several: Stores) -> None:
        first = found(several, InvoiceFilter(), limit=2, number=1)

        assert ids(found(several, InvoiceFilter(), limit=2, cursor=first.next_cursor)) == ["c", "b"]
        assert found(several, InvoiceFilter(), limit=5, number=1).next_cursor is None

    def test_follow_a_change_of_their_status(self, several: Stores) -> None:
        read = several.invoices.get(ORGANIZATION, "c")
        assert read
        several.invoices.save(standing_otherwise(read, payment_status=SUCCEEDED, due_at=None))

        assert ids(found(several, InvoiceFilter(payment_statuses=frozenset({PENDING})))) == ["e"]
        assert ids(found(several, InvoiceFilter(payment_statuses=frozenset({SUCCEEDED})))) == ["c", "a"]

    def test_of_another_organization_are_not_there(self, several: Stores) -> None:
        for wanted in (InvoiceFilter(), InvoiceFilter(payment_statuses=frozenset({FAILED}))):
            page = several.invoices.page(OTHER_ORGANIZATION, wanted, request=PageRequest(10, number=1))
            assert (page.records, page.count) == ((), Count(0, is_exact=True))


class TestCustomers:
    def test_that_were_deleted_are_passed_over(self, stores: Stores) -> None:
        for external_id in ("a", "b", "c"):
            deleted = {"deleted_at": NOW} if external_id == "b" else {}
            stores.customers.save(customer(external_id, **deleted))

        by_number = stores.customers.page(ORGANIZATION, request=PageRequest(1, number=2))
        first = stores.customers.page(ORGANIZATION, request=PageRequest(1))
        second = stores.customers.page(ORGANIZATION, request=PageRequest(1, cursor=first.next_cursor))

        assert [one.external_id for one in by_number.records] == ["c"]
        assert by_number.count == Count(2, is_exact=True)
        assert [one.external_id for one in (*first.records, *second.records)] == ["a", "c"]
        assert second.next_cursor is None


class TestPayments:
    def test_of_one_customer(self, stores: Stores) -> None:
        stores.invoices.create(invoice())
        for number, external_id in enumerate(("acme", "other", "acme")):
            current = stores.invoices.get(ORGANIZATION, "invoice-1")
            assert current
            payment = manual_payment(f"manual-{number}", external_customer_id=external_id, created_at=at(number))
            stores.invoices.settle_by_hand(current, payment, ())

        page = stores.payments.page(ORGANIZATION, external_customer_id="acme", request=PageRequest(10, number=1))

        assert (ids(page), page.count) == (["manual-2", "manual-0"], Count(2, is_exact=True))
        nobody = stores.payments.page(ORGANIZATION, external_customer_id="nobody", request=PageRequest(10))
        assert nobody.records == ()


class TestNotifications:
    @pytest.fixture
    def filled(self, stores: Stores) -> Stores:
        for number, webhook_type in enumerate((WebhookType.PAYMENT_SUCCEEDED, WebhookType.INVOICE_VOIDED) * 2):
            stores.notifications.add(notification(str(number), webhook_type=webhook_type, created_at=at(number)))
        return stores

    def test_are_found_by_their_id(self, filled: Stores) -> None:
        stores = filled

        assert stores.notifications.find(ORGANIZATION, "1") == notification(
            "1", webhook_type=WebhookType.INVOICE_VOIDED, created_at=at(1)
        )
        assert stores.notifications.find(OTHER_ORGANIZATION, "1") is None

    @pytest.mark.parametrize(
        ("wanted", "expected"),
        [
            (NotificationFilter(), ["3", "2", "1", "0"]),
            (NotificationFilter(webhook_types=frozenset({WebhookType.INVOICE_VOIDED})), ["3", "1"]),
            (NotificationFilter(since=at(1), until=at(2)), ["2", "1"]),
            (NotificationFilter(since=at(2), until=at(1)), []),
            (NotificationFilter(since=at(3) + timedelta(milliseconds=1)), []),
        ],
    )
    def test_are_chosen(self, filled: Stores, wanted: NotificationFilter, expected: list[str]) -> None:
        stores = filled

        page = stores.notifications.page(ORGANIZATION, wanted, request=PageRequest(10, number=1))
        first = stores.notifications.page(ORGANIZATION, wanted, request=PageRequest(1))

        assert (ids(page), page.count) == (expected, Count(len(expected), is_exact=True))
        assert ids(first) == expected[:1]

    def test_are_the_records_that_their_stream_brought(self, filled: Stores) -> None:
        stores = filled

        (record,) = stores.notifications.records(ORGANIZATION, ["2", "no such one"])

        assert (record.identifier, record.content["eventName"]) == (f"{ORGANIZATION}/2", "INSERT")
        assert record.content["dynamodb"]["NewImage"]["body"] == {"S": notification("2").body}

    def test_refuse_a_cursor_that_is_not_theirs(self, stores: Stores) -> None:
        with pytest.raises(InvalidInputError):
            stores.notifications.page(ORGANIZATION, NotificationFilter(), request=PageRequest(1, cursor="nonsense"))
