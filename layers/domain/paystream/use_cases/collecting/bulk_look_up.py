"""Find many attempts by few calls: a list of the account's payment intents shows a hundred at once.

What it shows of an attempt is as good as a call for this one alone: an intent that is known is recognised by its id,
any other by the customer and the metadata it was sent with. What it does not show proves nothing: only a look-up of its
own decides that an attempt does not exist.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from paystream.errors import KeyRefusedError, OutcomeUnknownError
from paystream.model.attempts import is_looked_up_first
from paystream.model.identifiers import payment_id
from paystream.model.integration import Integration
from paystream.model.invoice import Invoice
from paystream.model.outcome import Outcome, PayableStatus
from paystream.model.payment import Payment
from paystream.model.rules.known import is_on_its_way
from paystream.ports.stores import Stores
from paystream.ports.stripe import Gateways, ListedIntent, PaymentGateway
from paystream.steps.accounts.connected import integration_of
from paystream.steps.accounts.refused_key import calls_stripe

FEWEST = 10
"""Fewer are looked up one by one: a list may find none of them, and costs some calls before that is known."""

FEWEST_A_PAGE = 2
"""A page is more work for Stripe than an intent: below this, single calls are cheaper."""

PAGES_TRIED = 3
"""So many pages are judged together: at the ends of a window there are intents of others."""

NEARBY = timedelta(seconds=10)
"""An intent that is not known was made this soon before or after its payment, or is looked up on its own. Not more:
in an account that takes 25 payments a second, each second too many is a quarter of a page.
"""

LONGEST_GAP = timedelta(hours=1)
"""Attempts that lie further apart are listed apart, so that nothing is listed needlessly between them."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A payment on record whose intent is to be found at Stripe."""

    invoice: Invoice
    payment: Payment

    @property
    def since(self) -> datetime:
        """The earliest time at which its intent was made, as far as a list looks for it."""
        return self.payment.provider_created_at or self.payment.created_at - NEARBY

    @property
    def until(self) -> datetime:
        """The latest."""
        return self.payment.provider_created_at or self.payment.created_at + NEARBY


def are_worth_a_list(number: int) -> bool:
    """Whether so many invoices may be looked up by a list."""
    return number >= FEWEST


@dataclass(frozen=True, slots=True)
class Found:
    """What Stripe's list says of an attempt."""

    attempt: Attempt
    outcome: Outcome


def attempts_to_find(invoices: Sequence[Invoice], *, stores: Stores, now: datetime) -> list[Attempt]:
    """Those of an organization's open invoices that Stripe would be asked for before anything is sent. Of one that is
    not open more is to be done than to ask for its attempt.

    Not an attempt that is not on record: most likely it was never sent, and no list would show that.
    """
    if len(invoices) < FEWEST:
        return []
    sent = {
        payment_id(invoice.organization_id, invoice.lago_id, invoice.attempt): invoice
        for invoice in invoices
        if invoice.attempt and invoice.is_open
    }
    payments = stores.payments.batch(invoices[0].organization_id, list(sent)) if len(sent) >= FEWEST else ()
    attempts = [Attempt(sent[payment.lago_id], payment) for payment in payments]
    return [attempt for attempt in attempts if _is_to_be_found(attempt, now)]


def find_attempts(
    attempts: Sequence[Attempt],
    *,
    stores: Stores,
    gateways: Gateways,
    time_is_left: Callable[[], bool],
    now: datetime,
) -> Iterator[Sequence[Found]]:
    """List as long as it serves; a page's findings at a time, so that they can be written before the next one.

    An error ends the list, not the look-up: what is not found is asked for one by one, and meets the error again.
    """
    for integration, theirs in _by_account(attempts, stores):
        for window in _windows(theirs):
            try:
                with calls_stripe(
                    integration, "payment_intent.list", stores=stores, gateways=gateways, now=now
                ) as gateway:
                    yield from _list(window, gateway, time_is_left)
            except (KeyRefusedError, OutcomeUnknownError):
                break


def _is_to_be_found(attempt: Attempt, now: datetime) -> bool:
    invoice, payment = attempt.invoice, attempt.payment
    if (
        payment.is_open_payment_link
        or payment.is_superseded
        or payment.is_to_be_superseded
        or invoice.refunding_payment_ids
    ):
        return False
    if payment.payment_status is PayableStatus.PENDING:
        return is_looked_up_first(invoice, payment, now)
    return is_on_its_way(invoice, payment)


def _by_account(attempts: Iterable[Attempt], stores: Stores) -> Iterator[tuple[Integration, Sequence[Attempt]]]:
    """Each attempt is asked for in the account that it was sent to, if that is still connected."""
    by_link: dict[str, list[Attempt]] = {}
    for attempt in attempts:
        by_link.setdefault(attempt.payment.integration_id, []).append(attempt)
    by_account: dict[str, tuple[Integration, list[Attempt]]] = {}
    for theirs in by_link.values():
        payment = theirs[0].payment
        integration = integration_of(payment.organization_id, payment, stores)
        if integration:
            by_account.setdefault(integration.lago_id, (integration, []))[1].extend(theirs)
    yield from by_account.values()


def _windows(attempts: Iterable[Attempt]) -> Iterator[Sequence[Attempt]]:
    """Attempts that were made at about the same time; too few for a list are left out."""
    window: list[Attempt] = []
    for attempt in sorted(attempts, key=lambda attempt: attempt.since):
        if window and attempt.since - window[-1].until > LONGEST_GAP:
            yield from [window] if len(window) >= FEWEST else []
            window = []
        window.append(attempt)
    yield from [window] if len(window) >= FEWEST else []


def _list(
    window: Sequence[Attempt], gateway: PaymentGateway, time_is_left: Callable[[], bool]
) -> Iterator[Sequence[Found]]:
    missing = _Missing(window)
    since, until = min(attempt.since for attempt in window), max(attempt.until for attempt in window)
    found_lately: deque[int] = deque(maxlen=PAGES_TRIED)
    cursor = None
    while len(missing) >= FEWEST_A_PAGE and time_is_left():
        page = gateway.intents(since=since, until=until, cursor=cursor)
        found = [Found(attempt, intent.outcome) for intent in page.records if (attempt := missing.take(intent))]
        yield found
        found_lately.append(len(found))
        serves = len(found_lately) < PAGES_TRIED or sum(found_lately) >= PAGES_TRIED * FEWEST_A_PAGE
        if page.next_cursor is None or not serves:
            return
        cursor = page.next_cursor


class _Missing:
    """What was not found yet, by what it is recognised by."""

    def __init__(self, attempts: Iterable[Attempt]) -> None:
        self._known: dict[str, Attempt] = {}
        self._sent: dict[tuple[str, str], Attempt] = {}
        for attempt in attempts:
            payment = attempt.payment
            if payment.provider_payment_id:
                self._known[payment.provider_payment_id] = attempt
            else:
                self._sent[payment.lago_id, payment.provider_customer_id] = attempt

    def __len__(self) -> int:
        return len(self._known) + len(self._sent)

    def take(self, intent: ListedIntent) -> Attempt | None:
        """The attempt whose intent it is, which is missing no more. Where none is known, another system may have made
        it: then only a success counts, and whatever else bears the name is looked up.
        """
        known = self._known.pop(intent.outcome.intent_id or "", None)
        if known or intent.outcome.status is not PayableStatus.SUCCEEDED:
            return known
        return self._sent.pop((intent.payment_id or "", intent.provider_customer_id or ""), None)
