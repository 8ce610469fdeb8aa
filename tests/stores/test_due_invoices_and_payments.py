"""What is due, and the attempts to collect."""

from dataclasses import replace

from paystream.adapters.dynamodb.due_invoices import due_shard
from paystream.model.invoice import PaymentStatus
from paystream.model.payment import Payment
from paystream.model.schedule import DueInvoice
from paystream.model.settlement import Settlement
from paystream.ports import Stores
from stores.records import NOW, ORGANIZATION, OTHER_ORGANIZATION, SHARD, at, invoice, payment


def due(stores: Stores, seconds: float = 0, shard: str = SHARD) -> list[str]:
    """The ids of what is due by then."""
    return [one.lago_id for one in stores.due_invoices.oldest(shard, until=at(seconds), limit=10)]


class TestDueInvoices:
    def test_an_open_invoice_is_due_from_its_time_on(self, stores: Stores) -> None:
        stores.invoices.create(invoice(due_at=at(60)))

        assert (due(stores, 59.999), due(stores, 60), due(stores, 61)) == ([], ["invoice-1"], ["invoice-1"])

    def test_a_closed_one_is_not(self, stores: Stores) -> None:
        stores.invoices.create(invoice())
        stores.invoices.save(invoice(payment_status=PaymentStatus.SUCCEEDED, due_at=None))
        assert due(stores, 10**6) == []

    def test_one_that_opens_again_is(self, stores: Stores) -> None:
        stores.invoices.create(invoice(due_at=None))
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

    def test_it_is_put_off_by_the_one_that_saw_its_time(self, stores: Stores) -> None:
        stores.invoices.create(invoice())
        (seen,) = stores.due_invoices.oldest(SHARD, until=NOW, limit=1)

        later = stores.due_invoices.put_off(seen, at(1200))

        assert stores.due_invoices.put_off(seen, at(1300)) is None
        assert due(stores, 1199) == []
        assert stores.due_invoices.oldest(SHARD, until=at(1200), limit=1) == (later,)

    def test_putting_off_disturbs_nobody_who_writes(self, stores: Stores) -> None:
        stores.invoices.create(invoice())
        read = stores.invoices.get(ORGANIZATION, "invoice-1")
        assert read
        (seen,) = stores.due_invoices.oldest(SHARD, until=NOW, limit=1)
        stores.due_invoices.put_off(seen, at(1200))

        stores.invoices.save(replace(read, due_at=at(5)))

        assert due(stores, 5) == ["invoice-1"]

    def test_one_that_is_closed_or_not_there_is_not_put_off(self, stores: Stores) -> None:
        stores.invoices.create(invoice(due_at=None))
        for name in ("invoice-1", "invoice-2"):
            assert stores.due_invoices.put_off(DueInvoice(ORGANIZATION, name, NOW.isoformat()), at(1)) is None
        assert stores.invoices.get(ORGANIZATION, "invoice-2") is None
        assert due(stores, 10) == []


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

    def test_every_page_is_reached_by_cursor_newest_first(self, stores: Stores) -> None:
        made = [payment(f"payment-{number}", created_at=at(number)) for number in range(5)]
        self.settled(stores, *made)

        seen: list[Payment] = []
        cursor = None
        while not seen or cursor:
            page = stores.payments.page(ORGANIZATION, limit=2, cursor=cursor)
            seen += page.records
            cursor = page.next_cursor

        assert seen == made[::-1]
