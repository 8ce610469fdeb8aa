"""What a state of the search holds: small integers and tuples of them, so that it is cheap to compare."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from paystream.model.invoice import Invoice
from paystream.model.manual_payment import AnyPayment
from paystream.model.outcome import PayableStatus
from paystream.model.payment import Payment

from model.world.values import NOTHING, VALUES

ORGANIZATION, INVOICE = "organization", "invoice"


class Put(NamedTuple):
    """An item that an application has put into the table and that is no invoice of ours yet; in minor units."""

    amount_cents: int

    def values(self) -> dict[str, Any]:
        """Its attributes."""
        return {
            "organization_id": ORGANIZATION,
            "lago_id": INVOICE,
            "external_customer_id": "acme",
            "currency": "EUR",
            "total_amount_cents": self.amount_cents,
        }


class Record(NamedTuple):
    """What the stream is still to hand over: when the item was put, and how many it replaced."""

    put_at: int
    replaced: int


class Intent(NamedTuple):
    """A payment intent at Stripe; the last of its `statuses` is that of now. `request` is the number of what it was
    made with, `session` that of the page it was made on. `is_foreign`: another system made it under our name.
    """

    request: int
    statuses: tuple[str, ...]
    made_at: int
    session: int | None = None
    is_foreign: bool = False

    @property
    def status(self) -> str:
        """The one it has now."""
        return self.statuses[-1]


class Session(NamedTuple):
    """A page at Stripe, which is `open`, `complete` or `expired`, and the intent that was made on it."""

    request: int
    status: str
    made_at: int
    intent: int | None = None


class Saved(NamedTuple):
    """What Stripe keeps under an idempotency key: the request and the answer to it, by their numbers."""

    key: str
    request: int
    answer: int
    at: int


class Delayed(NamedTuple):
    """A request on its way whose sender does not wait any more. `is_page`: for a page."""

    request: int
    sent_at: int
    is_page: bool


class Stripe(NamedTuple):
    """Stripe's side. `refused` are the payments of which it said that there is no intent of them."""

    intents: tuple[Intent, ...] = ()
    sessions: tuple[Session, ...] = ()
    saved: tuple[Saved, ...] = ()
    delayed: tuple[Delayed, ...] = ()
    refused: frozenset[str] = frozenset()


class Notified(NamedTuple):
    """A notification in the outbox: `id` is how subscribers know repeats, `payment_id` what it is about."""

    webhook_type: str
    id: str
    payment_id: str


class World(NamedTuple):
    """One state. `item`, `payments`, `history` and `customer` are rows, `notified` the outbox, `workers` the functions
    that run; all of them are numbers. `record` is what the stream hands over.

    Then, how often something happened: requests without an answer, items that were put, what people asked for, late
    changes at Stripe. `most_cents` is the largest total that was ever asked for.
    """

    item: int
    customer: int
    record: Record | None
    now: int = 0
    payments: tuple[int, ...] = ()
    history: int = NOTHING
    notified: frozenset[int] = frozenset()
    stripe: Stripe = Stripe()
    workers: tuple[int, ...] = ()
    faults: int = 0
    puts: int = 0
    asked: tuple[str, ...] = ()
    changes: int = 0
    most_cents: int = 0

    @property
    def invoice(self) -> Invoice | None:
        """The invoice; None if its item was put and is not taken in yet."""
        item = VALUES[self.item]
        return item if isinstance(item, Invoice) else None

    def records(self) -> Iterator[AnyPayment]:
        """The payments on record."""
        return (VALUES[number] for number in self.payments)

    def attempts(self) -> list[Payment]:
        """Those that Stripe has to do with."""
        return [one for one in self.records() if isinstance(one, Payment)]

    @property
    def by_hand_cents(self) -> int:
        """What came outside of Stripe."""
        return sum(one.amount_cents for one in self.records() if not isinstance(one, Payment))

    @property
    def recorded_cents(self) -> int:
        """What came, by the records."""
        paid = sum(one.amount_cents for one in self.attempts() if one.payment_status is PayableStatus.SUCCEEDED)
        return paid + self.by_hand_cents


def payment_named(request: int) -> str:
    """The payment whose name a request at Stripe has."""
    named: str = VALUES[request].metadata["lago_payment_id"]
    return named


def amount_of(request: int) -> int:
    """In minor units."""
    amount: int = VALUES[request].amount_cents
    return amount
