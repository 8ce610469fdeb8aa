"""What a state of the model holds. All of it is immutable and hashable.

An invoice's `version` is not a number here: a worker remembers whether what it read is still current. So states that
differ only in how often something was written are one state.
"""

from typing import NamedTuple

NO_INTENT = -1
LINK = -1
"""The parameters of a request for a payment link; those of a charge are the number of the card."""


class Outcome(NamedTuple):
    """A definite word from Stripe: an intent's status (`failed`: a refusal without an intent), and the intent."""

    intent_status: str
    intent: int = NO_INTENT


class Invoice(NamedTuple):
    """`age` is how long the attempt may have been under way, in steps of `clock.AGES`; `link` says that the attempt is
    a payment link; `closed` that nothing can come of a failed attempt any more.
    """

    taken_in: bool = False
    status: str = "pending"
    attempt: int = 0
    link: bool = False
    due: bool = False
    age: int = 0
    closed: bool = False


class Payment(NamedTuple):
    """The record of an attempt."""

    status: str = "pending"
    intent_status: str = "pending"
    intent: int = NO_INTENT
    tries: int = 0
    card: int = 0
    age: int = 0


class Intent(NamedTuple):
    """A payment intent at Stripe, or the checkout session of a payment link (`open`, `expired`) until it is paid.

    Stripe sends an event of each of the `statuses` it has had, the last one of which it has now. `found` says that
    Search knows it; `outside` that another system made it under the payment's name.
    """

    attempt: int
    statuses: tuple[str, ...]
    link: bool = False
    found: bool = False
    outside: bool = False

    @property
    def status(self) -> str:
        """The one it has now."""
        return self.statuses[-1]


class Request(NamedTuple):
    """A call that charges or makes a link. `key` is the attempt's own (0), or one that was drawn for this call."""

    attempt: int
    key: int
    params: int


class Saved(NamedTuple):
    """What Stripe keeps under an idempotency key; None is a saved 500. `age` counts steps of the clock."""

    request: Request
    answer: Outcome | None
    age: int = 0


class Delayed(NamedTuple):
    """A request on its way whose sender does not wait any more."""

    request: Request
    crossed: bool = False


class Stripe(NamedTuple):
    """Stripe's side. `failed` are the attempts it said no to."""

    intents: tuple[Intent, ...] = ()
    saved: tuple[Saved, ...] = ()
    delayed: Delayed | None = None
    failed: frozenset[int] = frozenset()


class Notified(NamedTuple):
    """A notification in the outbox: it is never lost from there, and `id` is how subscribers know repeats."""

    webhook_type: str
    attempt: int
    id: int = 0


class Seen(NamedTuple):
    """What was read of the tables."""

    invoice: Invoice
    payment: Payment | None


class Worker(NamedTuple):
    """A running function: its next `step`, and what it has in memory.

    `current` says that nobody wrote the invoice since it was read; `crossed` that the clock moved since it began. What
    was `read` needs no remembering where writes are conditional: it is what the tables say, or it cannot be written.
    """

    job: str
    step: str
    read: Seen | None = None
    attempt: int = 1
    outcome: Outcome | None = None
    params: int = 0
    notify: tuple[Notified, ...] = ()
    extra: bool = False
    current: bool = True
    crossed: bool = False


class World(NamedTuple):
    """One state: the tables, Stripe, the workers, and how many faults there were.

    `extra` are the intents recorded as second successes; `done` says that the stream has gone on to the next record;
    `heard` are the intents of whose success Stripe's event was answered with 200 (where that matters).
    """

    payments: tuple[Payment | None, ...]
    invoice: Invoice = Invoice()
    extra: frozenset[int] = frozenset()
    notified: frozenset[Notified] = frozenset()
    stripe: Stripe = Stripe()
    workers: tuple[Worker, ...] = ()
    card: int = 0
    done: bool = False
    faults: int = 0
    puts: int = 0
    heard: frozenset[int] = frozenset()

    def payment(self, attempt: int) -> Payment | None:
        """The record of an attempt, counted from 1."""
        return self.payments[attempt - 1]
