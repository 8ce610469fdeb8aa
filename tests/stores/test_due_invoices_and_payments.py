"""What is due, and the attempts to collect."""

from dataclasses import replace
from typing import Any

import pytest
from builders.standings import standing_otherwise
from paystream.adapters.dynamodb.database import Tables
from paystream.adapters.dynamodb.due_invoices import due_shard
from paystream.adapters.dynamodb.items import to_item
from paystream.errors import InvalidInputError
from paystream.model.invoice import Invoice
from paystream.model.manual_payment import AnyPayment
from paystream.model.outcome import PayableStatus
from paystream.model.payment import Payment
from paystream.model.schedule import DueInvoice
from paystream.model.settlement import Settlement
from paystream.model.standing import PaymentStatus
from paystream.ports.pages import PageRequest
from paystream.ports.stores import Stores
from stores.records import (
    ACCOUNT,
    NOW,
    ORGANIZATION,
    OTHER_ORGANIZATION,
    SHARD,
    at,
    invoice,
    manual_payment,
    notification,
    payment,
)
from stores.targets import Target


def due(stores: Stores, seconds: float = 0, shard: str = SHARD) -> list[str]:
    """The ids of what is due by then."""
    return [one.lago_id for one in stores.due_invoices.oldest(shard, until=at(seconds), limit=10)]


def paid(lago_id: str = "invoice-1") -> Invoice:
    return invoice(lago_id, payment_status=PaymentStatus.SUCCEEDED, due_at=None)


class TestDueInvoices:
    def test_an_open_invoice_is_due_from_its_time_on(self, stores: Stores) -> None:
        stores.invoices.create(invoice(due_at=at(60)))

        assert (due(stores, 59.999), due(stores, 60), due(stores, 61)) == ([], ["invoice-1"], ["invoice-1"])

    def test_a_closed_one_is_not(self, stores: Stores) -> None:
        stores.invoices.create(invoice())
        stores.invoices.save(paid())
        assert due(stores, 10**6) == []

    def test_one_that_opens_again_is(self, stores: Stores) -> None:
        stores.invoices.create(paid())
        assert due(stores) == []
        stores.invoices.save(invoice(due_at=NOW))
        assert due(stores) == ["invoice-1"]

    def test_the_oldest_come_first_whosever_they_are(self, stores: Stores) -> None:
        names = [name for name in map(str, range(500)) if due_shard(name) == SHARD][:4]
        for second, name in reversed([*enumerate(names)]):
            organization = OTHER_ORGANIZATION if second % 2 else ORGANIZATION
            stores.invoices.create(invoice(name, organization_id=organization, due_at=at(second)))

        first = stores.due_invoices.oldest(SHARD, until=at(9), limit=3)

        assert [one.lago_id for one in first] == names[:3]
        assert [one.organization_id for one in first] == [ORGANIZATION, OTHER_ORGANIZATION, ORGANIZATION]

    def test_each_is_in_one_shard(self, stores: Stores) -> None:
        for number in range(40):
            stores.invoices.create(invoice(f"invoice-{number}"))
        found = [name for shard in stores.due_invoices.shards for name in due(stores, shard=shard)]
        assert sorted(found) == sorted(f"invoice-{number}" for number in range(40))

    def test_it_is_postponed_by_the_one_that_saw_its_time(self, stores: Stores) -> None:
        stores.invoices.create(invoice())
        (seen,) = stores.due_invoices.oldest(SHARD, until=NOW, limit=1)

        later = stores.due_invoices.postpone(seen, at(1200))

        assert stores.due_invoices.postpone(seen, at(1300)) is None
        assert due(stores, 1199) == []
        assert stores.due_invoices.oldest(SHARD, until=at(1200), limit=1) == (later,)

    def test_postponing_disturbs_nobody_who_writes(self, stores: Stores) -> None:
        stores.invoices.create(invoice())
        read = stores.invoices.get(ORGANIZATION, "invoice-1")
        assert read
        (seen,) = stores.due_invoices.oldest(SHARD, until=NOW, limit=1)
        stores.due_invoices.postpone(seen, at(1200))

        stores.invoices.save(standing_otherwise(read, due_at=at(5)))

        assert due(stores, 5) == ["invoice-1"]

    def test_one_that_is_closed_or_not_there_is_not_postponed(self, stores: Stores) -> None:
        stores.invoices.create(paid())
        for name in ("invoice-1", "invoice-2"):
            assert stores.due_invoices.postpone(DueInvoice(ORGANIZATION, name, NOW.isoformat()), at(1)) is None
        assert stores.invoices.get(ORGANIZATION, "invoice-2") is None
        assert due(stores, 10) == []


class TestThoseThatWaitForAKey:
    def paused(self, stores: Stores, integration_id: str = "integration-1", organization_id: str = ORGANIZATION) -> str:
        """The ids, joined, read two at a time."""
        found: list[str] = []
        cursor = None
        while not found or cursor:
            page = stores.due_invoices.paused(organization_id, integration_id, limit=2, cursor=cursor)
            found += page.records or [""]
            cursor = page.next_cursor
        return "".join(found)

    def created(self, stores: Stores, names: str, integration_id: str = "integration-1", **changes: Any) -> None:
        """Paused invoices, each a second younger than the one before, all of them due in an hour."""
        for second, name in enumerate(names):
            values = {"created_at": at(second), "due_at": at(3600), "paused_integration_id": integration_id} | changes
            stores.invoices.create(invoice(name, **values))

    def test_those_of_an_integration_are_found_oldest_first(self, stores: Stores) -> None:
        self.created(stores, "edcba")
        self.created(stores, "fg", "integration-2")
        self.created(stores, "h", organization_id=OTHER_ORGANIZATION)
        stores.invoices.create(invoice("not paused"))

        assert self.paused(stores) == "edcba"
        assert self.paused(stores, "integration-2") == "fg"
        assert self.paused(stores, organization_id=OTHER_ORGANIZATION) == "h"
        assert self.paused(stores, "integration-3") == ""

    def test_those_of_one_moment_are_all_found(self, stores: Stores) -> None:
        self.created(stores, "abcde", created_at=NOW)
        assert sorted(self.paused(stores)) == [*"abcde"]

    def test_one_is_found_from_the_write_that_pauses_it_to_the_one_that_does_not(self, stores: Stores) -> None:
        stores.invoices.create(invoice())
        assert self.paused(stores) == ""

        paused = stores.invoices.save(invoice(paused_integration_id="integration-1"))
        assert stores.invoices.get(ORGANIZATION, "invoice-1") == paused
        assert self.paused(stores) == "invoice-1"

        moved = stores.invoices.save(standing_otherwise(paused, paused_integration_id="integration-2"))
        assert (self.paused(stores), self.paused(stores, "integration-2")) == ("", "invoice-1")

        stores.invoices.save(standing_otherwise(moved, paused_integration_id=None, waiting_for=None))
        assert (self.paused(stores), self.paused(stores, "integration-2")) == ("", "")

    def test_a_cursor_leads_on_when_the_invoice_that_it_names_waits_no_longer(self, stores: Stores) -> None:
        self.created(stores, "abcd")
        first = stores.due_invoices.paused(ORGANIZATION, "integration-1", limit=2, cursor=None)
        for name in first.records:
            current = stores.invoices.get(ORGANIZATION, name)
            assert current
            stores.invoices.save(standing_otherwise(current, paused_integration_id=None, waiting_for=None))

        rest = stores.due_invoices.paused(ORGANIZATION, "integration-1", limit=9, cursor=first.next_cursor)

        assert (first.records, rest.records, rest.next_cursor) == (("a", "b"), ("c", "d"), None)

    def test_a_cursor_leads_to_no_other_integration(self, stores: Stores) -> None:
        self.created(stores, "ab")
        self.created(stores, "cd", "integration-2")
        cursor = stores.due_invoices.paused(ORGANIZATION, "integration-1", limit=1, cursor=None).next_cursor
        assert cursor

        others = stores.due_invoices.paused(ORGANIZATION, "integration-2", limit=9, cursor=cursor)

        assert {*others.records} <= {"c", "d"}

    @pytest.mark.parametrize("cursor", ["x", "e30", "W10"])
    def test_a_cursor_that_is_none_is_refused(self, stores: Stores, cursor: str) -> None:
        with pytest.raises(InvalidInputError):
            stores.due_invoices.paused(ORGANIZATION, "integration-1", limit=1, cursor=cursor)

    def test_an_integration_that_cannot_be_has_none(self, stores: Stores) -> None:
        assert self.paused(stores, "x" * 2048) == ""

    def test_one_is_made_due_earlier_and_never_later(self, stores: Stores) -> None:
        self.created(stores, "a")
        shard = due_shard("a")

        for seconds in (60, 5, 30):
            stores.due_invoices.make_due(ORGANIZATION, "a", integration_id="integration-1", at=at(seconds))

        assert (due(stores, 4.999, shard), due(stores, 5, shard)) == ([], ["a"])
        assert self.paused(stores) == "a"

    def test_one_that_waits_for_no_key_or_for_another_one_is_left_alone(self, stores: Stores) -> None:
        self.created(stores, "a")
        self.created(stores, "b", organization_id=OTHER_ORGANIZATION)
        stores.invoices.create(invoice("c", due_at=at(3600)))
        stores.invoices.create(paid("d"))

        stores.due_invoices.make_due(ORGANIZATION, "a", integration_id="integration-2", at=NOW)
        for name in "bcde":
            stores.due_invoices.make_due(ORGANIZATION, name, integration_id="integration-1", at=NOW)

        assert [due(stores, 3599, due_shard(name)) for name in "abcde"] == [[]] * 5
        assert stores.invoices.as_put(ORGANIZATION, "b") is None
        assert stores.invoices.as_put(ORGANIZATION, "e") is None

    def test_what_is_made_due_is_due_for_more_than_a_notification(self, stores: Stores) -> None:
        self.created(stores, "a", due_at=at(60), otherwise_due_at=at(3600))

        stores.due_invoices.make_due(ORGANIZATION, "a", integration_id="integration-1", at=NOW)

        stored = stores.invoices.get(ORGANIZATION, "a")
        assert stored
        assert (stored.due_at, stored.standing.otherwise_due_at) == (NOW, None)

    def test_making_one_due_disturbs_nobody_who_writes(self, stores: Stores) -> None:
        self.created(stores, "a")
        read = stores.invoices.get(ORGANIZATION, "a")
        assert read
        stores.due_invoices.make_due(ORGANIZATION, "a", integration_id="integration-1", at=NOW)

        saved = stores.invoices.save(standing_otherwise(read, due_at=at(7200)))

        assert stores.invoices.get(ORGANIZATION, "a") == saved
        assert due(stores, 3600, due_shard("a")) == []

    def test_who_saw_the_time_before_does_not_postpone_what_was_made_due(self, stores: Stores) -> None:
        self.created(stores, "a", due_at=at(60))
        (seen,) = stores.due_invoices.oldest(due_shard("a"), until=at(60), limit=1)
        stores.due_invoices.make_due(ORGANIZATION, "a", integration_id="integration-1", at=NOW)

        assert stores.due_invoices.postpone(seen, at(1200)) is None
        assert due(stores, 0, due_shard("a")) == ["a"]


class TestPayments:
    def settled(self, stores: Stores, *payments: Payment) -> None:
        """All written together with an invoice."""
        stores.invoices.create(invoice())
        for one in payments:
            current = stores.invoices.get(ORGANIZATION, "invoice-1")
            assert current
            stores.invoices.settle(Settlement(current, one, ()), ())

    def test_one_is_read_as_it_was_written(self, stores: Stores) -> None:
        self.settled(stores, payment(), replace(payment(), unknown_tries=2))

        assert stores.payments.get(ORGANIZATION, "payment-1") == payment(unknown_tries=2)
        assert stores.payments.get(OTHER_ORGANIZATION, "payment-1") is None
        assert stores.payments.get(ORGANIZATION, "") is None
        assert stores.payments.get(ORGANIZATION, "x" * 1025) is None

    def test_those_of_an_invoice_come_last_attempt_first(self, stores: Stores) -> None:
        attempts = [payment(f"payment-{attempt}", attempt=attempt, created_at=at(-attempt)) for attempt in (1, 2, 3)]
        self.settled(stores, *attempts, payment("other", invoice_id="invoice-2"))

        assert stores.payments.of_invoice(ORGANIZATION, "invoice-1") == tuple(attempts[::-1])
        assert stores.payments.of_invoice(OTHER_ORGANIZATION, "invoice-1") == ()
        assert stores.payments.of_invoice(ORGANIZATION, "x" * 2048) == ()

    def test_a_manual_one_is_found_and_listed_but_is_no_attempt(self, stores: Stores) -> None:
        self.settled(stores, payment())
        current = stores.invoices.get(ORGANIZATION, "invoice-1")
        assert current

        stores.invoices.settle_by_hand(current, manual_payment(), (notification(),))

        assert stores.payments.find(ORGANIZATION, "manual-1") == manual_payment()
        assert stores.payments.find(ORGANIZATION, "payment-1") == payment()
        assert stores.payments.find(OTHER_ORGANIZATION, "manual-1") is None
        assert stores.payments.get(ORGANIZATION, "manual-1") is None
        assert stores.payments.batch(ORGANIZATION, ["manual-1", "payment-1"]) == (payment(),)
        assert stores.payments.of_invoice(ORGANIZATION, "invoice-1") == (manual_payment(), payment())

    def test_an_account_has_some_in_flight_until_the_last_has_settled(self, stores: Stores) -> None:
        self.settled(stores, payment(), payment("other", payment_status=PayableStatus.PROCESSING))
        assert stores.payments.are_in_flight(ORGANIZATION, ACCOUNT)
        assert not stores.payments.are_in_flight(ORGANIZATION, "acct_1#live")
        assert not stores.payments.are_in_flight(OTHER_ORGANIZATION, ACCOUNT)

        self.settle_again(stores, payment(payment_status=PayableStatus.SUCCEEDED))
        assert stores.payments.are_in_flight(ORGANIZATION, ACCOUNT)

        self.settle_again(stores, payment("other", payment_status=PayableStatus.FAILED))
        assert not stores.payments.are_in_flight(ORGANIZATION, ACCOUNT)

    def test_an_attempt_is_found_by_its_intent_once_that_is_known(self, stores: Stores) -> None:
        known = payment(provider_payment_id="pi_1")
        self.settled(stores, payment(provider_payment_id=None), payment("other", provider_payment_id="pi_2"))
        assert stores.payments.of_intent(ORGANIZATION, "pi_1") is None

        self.settle_again(stores, known)
        assert stores.payments.of_intent(ORGANIZATION, "pi_1") == known
        assert stores.payments.of_intent(OTHER_ORGANIZATION, "pi_1") is None
        assert stores.payments.of_intent(ORGANIZATION, "x" * 3000) is None

    def settle_again(self, stores: Stores, one: Payment) -> None:
        current = stores.invoices.get(ORGANIZATION, "invoice-1")
        assert current
        stores.invoices.settle(Settlement(current, one, ()), ())

    def test_every_page_is_reached_by_cursor_newest_first(self, stores: Stores) -> None:
        made = [payment(f"payment-{number}", created_at=at(number)) for number in range(5)]
        self.settled(stores, *made)

        seen: list[AnyPayment] = []
        cursor = None
        while not seen or cursor:
            page = stores.payments.page(ORGANIZATION, external_customer_id=None, request=PageRequest(2, cursor=cursor))
            seen += page.records
            cursor = page.next_cursor

        assert seen == made[::-1]

    def test_many_are_read_at_once_in_the_order_of_their_ids(
        self, stores: Stores, target: Target, tables: Tables
    ) -> None:
        """A batch read takes 100 keys at most, each once."""
        made = [payment(f"payment-{number:03}") for number in range(102)]
        for one in made:
            target.dynamodb.put_item(TableName=tables.payments, Item=to_item(one))
        ids = [one.lago_id for one in made[::-1]]
        wanted = ["none", *ids[:50], "", "x" * 1025, *ids, *(f"none {number}" for number in range(100))]

        assert stores.payments.batch(ORGANIZATION, wanted) == tuple(made[::-1])
        assert stores.payments.batch(ORGANIZATION, ids[:100]) == tuple(made[:1:-1])
        assert stores.payments.batch(OTHER_ORGANIZATION, wanted) == ()
        assert stores.payments.batch("x" * 2049, wanted) == ()
        assert stores.payments.batch(ORGANIZATION, []) == ()
