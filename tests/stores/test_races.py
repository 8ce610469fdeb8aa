"""Many at once: one wins, all others know it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import TypeVar

from paystream.adapters.dynamodb.database import Tables
from paystream.errors import VersionConflictError
from paystream.model.settlement import Settlement
from paystream.ports.stores import Stores
from stores.records import NOW, ORGANIZATION, SHARD, at, customer, integration, invoice, notification, payment, taken_in
from stores.targets import Target

AT_ONCE = 8
LOST = "lost"
R = TypeVar("R")


def at_once(action: Callable[[int], R]) -> list[R | str]:
    """What became of the same thing done by many threads that start together; LOST for a lost race."""
    barrier = Barrier(AT_ONCE)

    def run(number: int) -> R | str:
        barrier.wait()
        try:
            return action(number)
        except VersionConflictError:
            return LOST

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(run, range(AT_ONCE)))


def winners(outcomes: list[R | str]) -> list[R | str]:
    return [outcome for outcome in outcomes if outcome != LOST]


def test_one_of_many_creates_an_invoice(stores: Stores) -> None:
    outcomes = at_once(lambda number: stores.invoices.create(invoice(total_amount_cents=number)))
    assert len(winners(outcomes)) == 1
    found = stores.invoices.get(ORGANIZATION, "invoice-1")
    assert found
    assert found.total_amount_cents == [*range(AT_ONCE)][outcomes.index(None)]


def test_one_of_many_saves_an_invoice(stores: Stores) -> None:
    stores.invoices.create(invoice())
    (saved,) = winners(at_once(lambda number: stores.invoices.save(invoice(attempt=number))))
    assert stores.invoices.get(ORGANIZATION, "invoice-1") == saved


def test_one_of_many_settles_an_invoice(stores: Stores) -> None:
    stores.invoices.create(invoice())

    def settle(number: int) -> int:
        attempt = payment(f"payment-{number}", attempt=number)
        stores.invoices.settle(Settlement(invoice(attempt=number), attempt, ()), (notification(str(number)),))
        return number

    (winner,) = winners(at_once(settle))
    (attempt,) = stores.payments.of_invoice(ORGANIZATION, "invoice-1")
    assert attempt.lago_id == f"payment-{winner}"


def test_one_of_many_saves_a_customer(stores: Stores) -> None:
    read = stores.customers.save(customer())
    outcomes = at_once(lambda number: stores.customers.save(replace(read, payment_method_id=f"pm_{number}")))
    assert winners(outcomes) == [stores.customers.get(ORGANIZATION, "acme")]


def test_one_of_many_connects_an_integration(stores: Stores) -> None:
    outcomes = at_once(lambda number: stores.integrations.save(integration(name=str(number))))
    assert winners(outcomes) == [stores.integrations.get(ORGANIZATION, "stripe")]


def test_one_of_many_changes_an_integration_and_notifies(stores: Stores, target: Target, tables: Tables) -> None:
    read = stores.integrations.save(integration())
    outcomes = at_once(
        lambda number: stores.integrations.save(replace(read, name=str(number)), (notification(str(number)),))
    )
    (winner,) = winners(outcomes)
    (notified,) = target.dynamodb.scan(TableName=tables.notifications)["Items"]
    found = stores.integrations.get(ORGANIZATION, "stripe")
    assert found == winner
    assert found
    assert notified["lago_id"]["S"] == found.name


def test_one_of_many_disconnects_an_integration(stores: Stores) -> None:
    read = stores.integrations.save(integration())
    assert winners(at_once(lambda _: stores.integrations.remove(read))) == [None]
    assert stores.integrations.get(ORGANIZATION, "stripe") is None


def test_the_earliest_of_many_times_is_when_a_paused_invoice_is_due(stores: Stores) -> None:
    stores.invoices.create(invoice(paused_integration_id="integration-1", due_at=at(3600)))
    outcomes = at_once(
        lambda number: stores.due_invoices.make_due(
            ORGANIZATION, "invoice-1", integration_id="integration-1", at=at(60 - number)
        )
    )
    assert outcomes == [None] * AT_ONCE
    found = stores.invoices.get(ORGANIZATION, "invoice-1")
    assert found
    assert found.due_at == at(60 - AT_ONCE + 1)


def test_one_of_many_gets_a_number(stores: Stores) -> None:
    outcomes = at_once(lambda number: stores.invoices.claim_number(invoice(f"invoice-{number}", number="ACM-1")))
    assert sorted(map(bool, outcomes)) == [False] * (AT_ONCE - 1) + [True]


def test_one_of_many_puts_an_invoice_off(stores: Stores) -> None:
    stores.invoices.create(invoice())
    (seen,) = stores.due_invoices.oldest(SHARD, until=NOW, limit=1)
    outcomes = at_once(lambda number: stores.due_invoices.postpone(seen, at(60 + number)))
    (winner,) = [outcome for outcome in outcomes if outcome]
    assert stores.due_invoices.oldest(SHARD, until=at(600), limit=10) == (winner,)


def test_all_agree_when_an_invoice_was_taken_in_first(stores: Stores) -> None:
    outcomes = at_once(lambda number: taken_in(stores, "invoice-1", at(number)).taken_in_at)
    assert len({*outcomes}) == 1


def test_no_invoice_is_counted_twice(stores: Stores) -> None:
    outcomes = at_once(lambda _: [stores.customers.next_invoice_sequence(ORGANIZATION, "customer-1") for _ in range(5)])
    counted = [number for outcome in outcomes if isinstance(outcome, list) for number in outcome]
    assert sorted(counted) == [*range(1, 5 * AT_ONCE + 1)]


def test_a_notification_is_stored_once(stores: Stores) -> None:
    assert at_once(lambda _: stores.notifications.add(notification())) == [None] * AT_ONCE
