"""Invoices: taken in, written, settled, listed."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from botocore.exceptions import ClientError
from builders.standings import standing_otherwise
from paystream.adapters.dynamodb.database import Tables
from paystream.errors import ConflictError, InvalidInputError, VersionConflictError
from paystream.model.charged_method import ChargedMethod
from paystream.model.invoice import Fee, Invoice, MetadataEntry, Problem
from paystream.model.invoice_filter import InvoiceFilter
from paystream.model.item_history import ItemHistory
from paystream.model.last_failure import LastFailure
from paystream.model.outcome import Failure, PayableStatus
from paystream.model.settlement import Settlement
from paystream.model.standing import PaymentStatus, WaitingFor
from paystream.ports.pages import PageRequest
from paystream.ports.stores import Stores
from stores.records import NOW, ORGANIZATION, OTHER_ORGANIZATION, at, invoice, notification, payment, taken_in
from stores.targets import Target

PUT_BY_AN_APPLICATION = {
    "organization_id": {"S": ORGANIZATION},
    "lago_id": {"S": "invoice-1"},
    "external_customer_id": {"S": "acme"},
    "currency": {"S": "EUR"},
    "total_amount_cents": {"N": "4200"},
    "their_own": {"M": {"ratio": {"N": "0.25"}, "tags": {"SS": ["a", "b"]}}},
}


def found(stores: Stores, lago_id: str = "invoice-1") -> Invoice:
    """The invoice, which must be there."""
    stored = stores.invoices.get(ORGANIZATION, lago_id)
    assert stored
    return stored


class TestOne:
    def test_it_is_read_as_it_was_created(self, stores: Stores) -> None:
        fee = Fee(add_on_code="seat", units="1.5", unit_amount_cents=2800, amount_cents=4200, name="", description="é")
        created = invoice(
            fees=(fee, fee),
            metadata=(MetadataEntry(key="k", value=""),),
            problem=Problem(code="invalid", details={"currency": ["value_is_invalid"]}),
            rejected="{}",
            sequential_id=7,
            attempt_started_at=at(0.5),
            total_amount_cents=10**15,
            last_failure=LastFailure(
                at=at(0.25), code="card_declined", decline_code="lost_card", tries=1, most_tries=5
            ),
            page_open_until=at(2),
            ended_at=at(3),
        )
        stores.invoices.create(created)

        assert found(stores) == created
        assert stores.invoices.get(OTHER_ORGANIZATION, "invoice-1") is None

    @pytest.mark.parametrize("lago_id", ["", "x" * 1025, "é" * 513], ids=len)
    def test_there_is_none_under_a_key_that_cannot_be(self, stores: Stores, lago_id: str) -> None:
        assert stores.invoices.get(ORGANIZATION, lago_id) is None
        assert stores.invoices.as_put(ORGANIZATION, lago_id) is None

    def test_the_longest_keys_are_taken(self, stores: Stores) -> None:
        longest = invoice("é" * 512, external_customer_id="é" * 512, number="💶" * 255, waiting_for=WaitingFor.CUSTOMER)
        stores.invoices.create(longest)

        assert found(stores, longest.lago_id) == longest
        assert list(stores.invoices.waiting(ORGANIZATION, longest.external_customer_id)) == [longest]

    def test_an_id_is_taken_once(self, stores: Stores) -> None:
        stores.invoices.create(invoice())
        with pytest.raises(VersionConflictError):
            stores.invoices.create(invoice(total_amount_cents=1))
        assert found(stores).total_amount_cents == 4200

    def test_a_number_is_taken_once_and_nothing_is_stored_without_one(self, stores: Stores) -> None:
        stores.invoices.create(invoice(number="ACM-1"))
        with pytest.raises(InvalidInputError):
            stores.invoices.create(invoice("invoice-2", number="ACM-1"))
        assert stores.invoices.get(ORGANIZATION, "invoice-2") is None

        stores.invoices.create(invoice("invoice-2", number="ACM-1", organization_id=OTHER_ORGANIZATION))
        assert stores.invoices.get(OTHER_ORGANIZATION, "invoice-2")

    def test_a_number_can_be_claimed_again_by_its_own_invoice(self, stores: Stores) -> None:
        assert stores.invoices.claim_number(invoice(number="ACM-1"))
        assert stores.invoices.claim_number(invoice(number="ACM-1"))
        assert not stores.invoices.claim_number(invoice("invoice-2", number="ACM-1"))

    def test_the_first_time_it_was_taken_in_stays(self, stores: Stores) -> None:
        longest = "é" * 512
        assert taken_in(stores, longest, NOW) == ItemHistory(NOW, ())
        assert taken_in(stores, longest, at(60)) == ItemHistory(NOW, ())
        assert taken_in(stores, "another", at(60)) == ItemHistory(at(60), ())

    def test_a_payment_that_was_noted_is_known_whether_it_was_taken_in_before_or_not(self, stores: Stores) -> None:
        stores.invoices.register_payment(ORGANIZATION, "invoice-1", "payment-2")
        assert taken_in(stores, "invoice-1", NOW) == ItemHistory(NOW, ("payment-2",))
        for _ in range(2):
            stores.invoices.register_payment(ORGANIZATION, "invoice-1", "payment-1")

        former = taken_in(stores, "invoice-1", at(60))

        assert former == ItemHistory(NOW, ("payment-1", "payment-2"))

    def test_that_it_was_notified_as_overdue_is_written_with_the_notification_and_outlives_its_item(
        self, stores: Stores
    ) -> None:
        stores.invoices.create(invoice())
        overdue = replace(found(stores), overdue_notified_at=at(60))

        written = stores.invoices.save_overdue(overdue, notification("overdue"))
        with pytest.raises(VersionConflictError):
            stores.invoices.save_overdue(overdue, notification("again"))

        assert found(stores) == written == replace(overdue, version=overdue.version + 1)
        history = stores.invoices.known_history(ORGANIZATION, "invoice-1")
        assert history
        assert history.overdue_notified_at == at(60)
        assert stores.notifications.find(ORGANIZATION, "overdue")
        assert stores.notifications.find(ORGANIZATION, "again") is None

    def test_its_history_can_be_read_without_beginning_one(self, stores: Stores) -> None:
        assert stores.invoices.known_history(ORGANIZATION, "invoice-1") is None
        stores.invoices.register_payment(ORGANIZATION, "invoice-1", "payment-1")
        assert stores.invoices.known_history(ORGANIZATION, "invoice-1") == ItemHistory(None, ("payment-1",))
        taken_in(stores, "invoice-1", NOW)
        assert stores.invoices.known_history(ORGANIZATION, "invoice-1") == ItemHistory(NOW, ("payment-1",), lives=1)

    def test_the_histories_of_several_are_read_together(self, stores: Stores) -> None:
        for number in range(101):
            stores.invoices.register_payment(ORGANIZATION, f"invoice-{number}", f"payment-{number}")

        ids = [*(f"invoice-{number}" for number in range(101)), "unknown"]
        histories = stores.invoices.known_histories(ORGANIZATION, ids)

        assert histories == {f"invoice-{n}": ItemHistory(None, (f"payment-{n}",)) for n in range(101)}

    def test_the_customers_of_its_items_are_known_since_they_were_seen_first(self, stores: Stores) -> None:
        stores.invoices.create(invoice(external_customer_id="acme", created_at=NOW))
        for external_id, minutes in (("glo#bex", 5), ("glo#bex", 9), ("", 10)):
            put_at = at(minutes)
            stores.invoices.history(
                ORGANIZATION, "invoice-1", external_customer_id=external_id, put_at=put_at, now=put_at
            )

        history = stores.invoices.known_history(ORGANIZATION, "invoice-1")

        assert history is not None
        assert history.customers == {"acme": NOW, "glo#bex": at(5)}

    def test_that_it_was_voided_is_kept_beside_it(self, stores: Stores) -> None:
        stores.invoices.create(invoice())
        voided = replace(found(stores), voided_at=at(5))

        ended = stores.invoices.end(voided, (notification(),))

        assert found(stores) == ended
        assert stores.notifications.find(ORGANIZATION, notification().lago_id) == notification()
        assert taken_in(stores, "invoice-1", NOW) == ItemHistory(NOW, (), voided_at=at(5))

    def test_what_was_paid_elsewhere_adds_up_beside_it(self, stores: Stores) -> None:
        stores.invoices.create(invoice())
        for cents in (4200, 800):
            stores.invoices.end(found(stores), paid_elsewhere_cents=cents)

        former = taken_in(stores, "invoice-1", NOW)

        assert former == ItemHistory(
            NOW, (), paid_elsewhere_cents=5000, paid_elsewhere_currency="EUR", paid_elsewhere_customer="acme"
        )


class TestWriting:
    def test_the_next_version_is_written(self, stores: Stores) -> None:
        stores.invoices.create(invoice())
        saved = stores.invoices.save(standing_otherwise(found(stores), waiting_for=WaitingFor.CUSTOMER, due_at=at(60)))

        assert saved.version == 2
        assert found(stores) == saved

    def test_what_is_none_by_now_is_forgotten(self, stores: Stores) -> None:
        stores.invoices.create(invoice(claimed_until=at(5), rejected="{}", waiting_for=WaitingFor.CUSTOMER))
        saved = stores.invoices.save(
            standing_otherwise(replace(found(stores), rejected=None), claimed_until=None, waiting_for=None)
        )
        assert found(stores) == saved

    def test_a_lost_race_writes_nothing(self, stores: Stores, target: Target, tables: Tables) -> None:
        stores.invoices.create(invoice())
        read = found(stores)
        stores.invoices.save(replace(read, attempt=1))

        for notified in ((), (notification(),)):
            with pytest.raises(VersionConflictError):
                stores.invoices.save(replace(read, attempt=2), notified)

        assert found(stores).attempt == 1
        with pytest.raises(VersionConflictError):
            stores.invoices.end(replace(read, voided_at=at(5)))
        assert taken_in(stores, "invoice-1", NOW).voided_at is None
        assert target.dynamodb.scan(TableName=tables.notifications)["Count"] == 0

    def test_an_invoice_that_is_not_there_is_not_made(self, stores: Stores) -> None:
        for version in (0, 1):
            with pytest.raises(VersionConflictError):
                stores.invoices.save(invoice(version=version))
        assert stores.invoices.get(ORGANIZATION, "invoice-1") is None


class TestWhatAnApplicationPut:
    def test_it_is_seen_as_put_and_not_as_an_invoice(self, stores: Stores, target: Target, tables: Tables) -> None:
        target.dynamodb.put_item(TableName=tables.invoices, Item=PUT_BY_AN_APPLICATION)

        as_put = stores.invoices.as_put(ORGANIZATION, "invoice-1")
        assert stores.invoices.get(ORGANIZATION, "invoice-1") is None
        assert as_put
        assert as_put["total_amount_cents"] == 4200
        assert as_put["their_own"] == {"ratio": Decimal("0.25"), "tags": {"a", "b"}}

    def test_the_first_write_takes_it_in_and_leaves_what_is_theirs(
        self, stores: Stores, target: Target, tables: Tables
    ) -> None:
        target.dynamodb.put_item(TableName=tables.invoices, Item=PUT_BY_AN_APPLICATION)
        read = stores.invoices.as_put(ORGANIZATION, "invoice-1") or {}
        taken_in = stores.invoices.take_in(invoice(version=0), read, life=1)

        as_put = stores.invoices.as_put(ORGANIZATION, "invoice-1")
        assert as_put
        assert found(stores) == taken_in
        assert as_put["their_own"]["ratio"] == Decimal("0.25")
        with pytest.raises(VersionConflictError):
            stores.invoices.take_in(invoice(version=0), read, life=1)

    @pytest.mark.parametrize(
        "other",
        [
            {"total_amount_cents": {"N": "4201"}},
            {"currency": {"N": "1"}},
            {"metadata": {"L": [{"M": {"key": {"S": "k"}}}]}},
            {"number": {"S": "ACM-1"}},
        ],
    )
    def test_it_is_not_taken_in_once_another_one_was_put_over_it(
        self, stores: Stores, target: Target, tables: Tables, other: dict[str, Any]
    ) -> None:
        target.dynamodb.put_item(TableName=tables.invoices, Item=PUT_BY_AN_APPLICATION)
        read = stores.invoices.as_put(ORGANIZATION, "invoice-1") or {}
        target.dynamodb.put_item(TableName=tables.invoices, Item=PUT_BY_AN_APPLICATION | other)

        with pytest.raises(VersionConflictError):
            stores.invoices.take_in(invoice(version=0), read, life=1)

        by_now = stores.invoices.as_put(ORGANIZATION, "invoice-1") or {}
        assert stores.invoices.take_in(invoice(version=0), by_now, life=3).version == 2_000_001

    def test_whatever_it_holds_it_is_taken_in_as_it_was_read(
        self, stores: Stores, target: Target, tables: Tables
    ) -> None:
        odd: dict[str, Any] = {
            "total_amount_cents": {"N": "1E+125"},
            "currency": {"BS": [b"a", b"b"]},
            "number": {"NS": ["1", "0.25"]},
            "fees": {"L": [{"M": {"units": {"N": "-1.5E+60"}, "name": {"NULL": True}}}, {"BOOL": False}, {"S": ""}]},
            "metadata": {"B": b"bytes"},
        }
        target.dynamodb.put_item(TableName=tables.invoices, Item=PUT_BY_AN_APPLICATION | odd)
        read = stores.invoices.as_put(ORGANIZATION, "invoice-1") or {}

        assert stores.invoices.take_in(invoice(version=0), read, life=1) == found(stores)

    def test_it_is_in_no_page_until_then(self, stores: Stores, target: Target, tables: Tables) -> None:
        item = PUT_BY_AN_APPLICATION | {"created_at": {"S": "2026-11-23T10:00:00.000+00:00"}}
        target.dynamodb.put_item(TableName=tables.invoices, Item=item)

        assert stores.invoices.page(ORGANIZATION, InvoiceFilter(), request=PageRequest(10, cursor=None)).records == ()


class TestSettling:
    def test_invoice_payment_and_what_is_notified_are_written_together(
        self, stores: Stores, target: Target, tables: Tables
    ) -> None:
        stores.invoices.create(invoice())
        failed = payment(
            payment_status=PayableStatus.FAILED,
            failure=Failure(code="card_declined", message="no", decline_code="lost_card"),
            charged=ChargedMethod(type="card", brand="visa", last4="4242", exp_month=1, exp_year=2030),
            ended_at=at(1),
            next_action={"type": "redirect_to_url", "nested": {"list": [1, "two", None, True]}},
        )
        closed = standing_otherwise(found(stores), payment_status=PaymentStatus.FAILED, due_at=None)

        settled = stores.invoices.settle(Settlement(closed, failed, ()), (notification(), notification("2")))

        assert found(stores) == settled
        assert stores.payments.get(ORGANIZATION, "payment-1") == failed
        assert target.dynamodb.scan(TableName=tables.notifications)["Count"] == 2

    def test_a_lost_race_writes_nothing(self, stores: Stores, target: Target, tables: Tables) -> None:
        stores.invoices.create(invoice())
        read = found(stores)
        stores.invoices.save(read)

        with pytest.raises(VersionConflictError):
            stores.invoices.settle(Settlement(read, payment(), ()), (notification(),))

        assert stores.payments.get(ORGANIZATION, "payment-1") is None
        assert target.dynamodb.scan(TableName=tables.notifications)["Count"] == 0


class TestSettlingUnderAKey:
    def test_the_key_is_one_payments_for_ever(self, stores: Stores) -> None:
        stores.invoices.create(invoice())
        one, other = payment(), payment("payment-2", attempt=2)
        longest = "é" * 255

        for key in ("k", longest):
            for _ in range(2):
                stores.invoices.settle_under_key(Settlement(found(stores), one, ()), key)
            with pytest.raises(ConflictError):
                stores.invoices.settle_under_key(Settlement(found(stores), other, ()), key)

        assert stores.payments.get(ORGANIZATION, "payment-1") == one
        assert stores.payments.get(ORGANIZATION, "payment-2") is None

    def test_the_key_is_of_one_organization(self, stores: Stores) -> None:
        elsewhere = {"organization_id": OTHER_ORGANIZATION}
        stores.invoices.create(invoice())
        stores.invoices.create(invoice(**elsewhere))
        stores.invoices.settle_under_key(Settlement(found(stores), payment(), ()), "k")

        stores.invoices.settle_under_key(Settlement(invoice(**elsewhere), payment("payment-2", **elsewhere), ()), "k")

        assert stores.payments.get(OTHER_ORGANIZATION, "payment-2")

    def test_a_lost_race_gives_the_key_to_nobody(self, stores: Stores) -> None:
        stores.invoices.create(invoice())
        read = found(stores)
        stores.invoices.save(read)

        with pytest.raises(VersionConflictError):
            stores.invoices.settle_under_key(Settlement(read, payment(), ()), "k")

        stores.invoices.settle_under_key(Settlement(found(stores), payment("payment-2"), ()), "k")


class TestLists:
    def created(self, stores: Stores, *names: str, **changes: object) -> list[Invoice]:
        """So many invoices, each a second younger than the one before."""
        made = [invoice(name, created_at=at(second), **changes) for second, name in enumerate(names)]
        for one in made:
            stores.invoices.create(one)
        return made

    @pytest.mark.parametrize("external_customer_id", [None, "acme"])
    def test_every_page_is_reached_by_cursor_newest_first(
        self, stores: Stores, external_customer_id: str | None
    ) -> None:
        made = self.created(stores, "a", "b", "c", "d", "e")
        self.created(stores, "f", external_customer_id=external_customer_id or "acme", organization_id="other")
        if external_customer_id:
            self.created(stores, "g", external_customer_id="another")

        pages: list[tuple[Invoice, ...]] = []
        cursor = None
        while not pages or cursor:
            page = stores.invoices.page(
                ORGANIZATION,
                InvoiceFilter(external_customer_id=external_customer_id),
                request=PageRequest(2, cursor=cursor),
            )
            pages.append(page.records)
            cursor = page.next_cursor

        assert [one for page in pages for one in page] == made[::-1]
        assert [len(page) for page in pages] == [2, 2, 1]

    def test_invoices_of_the_same_moment_are_all_found(self, stores: Stores) -> None:
        for name in "abcde":
            stores.invoices.create(invoice(name))

        seen: list[str] = []
        cursor = None
        while not seen or cursor:
            page = stores.invoices.page(ORGANIZATION, InvoiceFilter(), request=PageRequest(2, cursor=cursor))
            seen += [one.lago_id for one in page.records]
            cursor = page.next_cursor

        assert sorted(seen) == [*"abcde"]

    def test_a_full_page_is_read_whole(self, stores: Stores) -> None:
        made = self.created(stores, *(f"invoice-{number:03}" for number in range(101)))

        page = stores.invoices.page(ORGANIZATION, InvoiceFilter(), request=PageRequest(100, cursor=None))

        assert page.records == tuple(made[:0:-1])
        assert page.next_cursor

    def test_a_cursor_leads_to_no_other_organization(self, stores: Stores) -> None:
        self.created(stores, "a", "b")
        for name in ("c", "d"):
            stores.invoices.create(invoice(name, organization_id=OTHER_ORGANIZATION))
        cursor = stores.invoices.page(ORGANIZATION, InvoiceFilter(), request=PageRequest(1, cursor=None)).next_cursor

        page = stores.invoices.page(OTHER_ORGANIZATION, InvoiceFilter(), request=PageRequest(10, cursor=cursor))

        assert {one.organization_id for one in page.records} <= {OTHER_ORGANIZATION}

    def test_a_customer_that_cannot_be_has_no_invoices(self, stores: Stores) -> None:
        page = stores.invoices.page(
            ORGANIZATION, InvoiceFilter(external_customer_id="x" * 2048), request=PageRequest(1)
        )
        assert (page.records, page.next_cursor) == ((), None)

    def test_those_that_wait_are_found_oldest_first_until_they_wait_no_longer(self, stores: Stores) -> None:
        made = self.created(stores, "a", "b", "c", waiting_for=WaitingFor.PAYMENT_METHOD)
        self.created(stores, "d")
        self.created(stores, "e", external_customer_id="another", waiting_for=WaitingFor.CUSTOMER)
        assert list(stores.invoices.waiting(ORGANIZATION, "acme")) == made

        stores.invoices.save(standing_otherwise(made[0], waiting_for=None))
        assert list(stores.invoices.waiting(ORGANIZATION, "acme")) == made[1:]

        again = stores.invoices.save(standing_otherwise(found(stores, "d"), waiting_for=WaitingFor.INTEGRATION))
        assert {one.lago_id for one in stores.invoices.waiting(ORGANIZATION, "acme")} == {"b", "c", again.lago_id}

    def test_all_that_wait_are_found_however_many(self, stores: Stores) -> None:
        made = self.created(stores, *(f"invoice-{number:03}" for number in range(105)), waiting_for=WaitingFor.CUSTOMER)
        assert list(stores.invoices.waiting(ORGANIZATION, "acme")) == made


class TestMany:
    """A batch read takes 100 keys at most, each once."""

    def test_they_are_read_at_once_in_the_order_of_their_ids(
        self, stores: Stores, target: Target, tables: Tables
    ) -> None:
        made: list[Invoice] = []
        for number in range(201):
            item = PUT_BY_AN_APPLICATION | {"lago_id": {"S": f"invoice-{number:03}"}}
            target.dynamodb.put_item(TableName=tables.invoices, Item=item)
            made.insert(0, stores.invoices.save(invoice(f"invoice-{number:03}", version=0)))
        ids = [one.lago_id for one in made]

        for many in (1, 99, 100, 101, 200, 201):
            assert stores.invoices.batch(ORGANIZATION, ids[:many]) == tuple(made[:many])
        assert stores.invoices.batch(ORGANIZATION, ids[:60] + ids) == tuple(made)
        assert stores.invoices.batch(OTHER_ORGANIZATION, ids) == ()

    def test_what_is_not_there_cannot_be_or_is_no_invoice_yet_is_left_out(
        self, stores: Stores, target: Target, tables: Tables
    ) -> None:
        target.dynamodb.put_item(TableName=tables.invoices, Item=PUT_BY_AN_APPLICATION)
        ours = [invoice("é" * 512, number="ACM-1"), invoice("2")]
        for one in ours:
            stores.invoices.create(one)

        wanted = ["invoice-1", "none", "", "x" * 1025, "é" * 513, *(one.lago_id for one in ours)]

        assert stores.invoices.batch(ORGANIZATION, wanted) == tuple(ours)
        assert stores.invoices.batch(ORGANIZATION, ["none"]) == stores.invoices.batch(ORGANIZATION, []) == ()
        assert stores.invoices.batch("", ["2"]) == stores.invoices.batch("x" * 2049, ["2"]) == ()

    def test_all_of_them_are_as_they_were_written_last(self, stores: Stores) -> None:
        ids = [f"invoice-{number}" for number in range(10)]
        for lago_id in ids:
            stores.invoices.create(invoice(lago_id))
        saved = tuple(stores.invoices.save(invoice(lago_id, attempt=1)) for lago_id in ids)
        assert stores.invoices.batch(ORGANIZATION, ids) == saved

    def test_large_ones_are_all_read(self, stores: Stores) -> None:
        """An answer holds 16 MB at most and names the rest; 60 of these are 21 MB."""
        made = [invoice(f"invoice-{number:02}", rejected="x" * 350_000) for number in range(60)]
        for one in made:
            stores.invoices.create(one)
        assert stores.invoices.batch(ORGANIZATION, [one.lago_id for one in made]) == tuple(made)


class TestTheLargest:
    LIMIT = 400 * 1024

    def test_an_item_of_almost_400_kb_is_stored(self, stores: Stores) -> None:
        largest = invoice(rejected="x" * (self.LIMIT - 6000))
        stores.invoices.create(largest)
        assert found(stores) == largest

        stores.invoices.create(invoice("invoice-2"))
        grown = stores.invoices.save(replace(largest, lago_id="invoice-2"))
        assert found(stores, "invoice-2") == grown

    def test_one_that_is_larger_is_refused_and_is_no_lost_race(self, stores: Stores) -> None:
        with pytest.raises(ClientError):
            stores.invoices.create(invoice(rejected="x" * self.LIMIT))
        stores.invoices.create(invoice("invoice-2"))
        with pytest.raises(ClientError):
            stores.invoices.save(replace(found(stores, "invoice-2"), rejected="x" * self.LIMIT))

    def test_it_is_measured_in_bytes(self, stores: Stores) -> None:
        with pytest.raises(ClientError):
            stores.invoices.create(invoice(rejected="é" * (self.LIMIT // 2)))

    def test_large_items_fill_a_page_all_the_same(self, stores: Stores) -> None:
        """A batch read answers 16 MB at most and names the rest; 60 of these are 21 MB."""
        made = [invoice(f"invoice-{number:02}", created_at=at(number), rejected="x" * 350_000) for number in range(60)]
        for one in made:
            stores.invoices.create(one)

        seen: list[Invoice] = []
        cursor = None
        while not seen or cursor:
            page = stores.invoices.page(ORGANIZATION, InvoiceFilter(), request=PageRequest(100, cursor=cursor))
            seen += page.records
            cursor = page.next_cursor

        assert seen == made[::-1]
