"""Look again at open invoices that were handed out: ask Stripe what became of them, or collect them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from paystream import bootstrap
from paystream.entry.records import Record, process, queue_records
from paystream.model.invoice import Invoice
from paystream.observability import count, logger, metrics
from paystream.use_cases.collecting.bulk_look_up import Found, are_worth_a_list, attempts_to_find, find_attempts
from paystream.use_cases.collecting.collect_due import collect_due, is_to_be_looked_at, settle_found
from paystream.use_cases.collecting.postpone import postpone

AT_ONCE = 40
MESSAGES_AT_ONCE = 10
"""All of a batch: each waits for its lists at Stripe, whose limit is kept for all of them together."""

NEEDED_MILLISECONDS = 125_000
"""Two calls of Stripe (a look-up and the payment), each tried twice with its turn and time-outs, and the writes."""

WRITE_MILLISECONDS = 10_000
"""Reading the invoices of a message, or writing one."""

NO_TIME_FOR = timedelta(minutes=1)
"""What there was no time for is due again as soon as the schedule can hand it out."""


@dataclass(frozen=True, slots=True)
class HandedOut:
    """A due invoice, and when it was handed out."""

    organization_id: str
    lago_id: str
    at: datetime


class Batch:
    """A batch of the queue: what a list at Stripe shows is written first, the rest is looked at one by one."""

    def __init__(self, context: LambdaContext) -> None:
        self._stores, self._gateways = bootstrap.stores(), bootstrap.gateways()
        self._remaining_milliseconds = context.get_remaining_time_in_millis
        self._rest: list[Record] = []

    def settle(self, messages: Iterable[Record]) -> set[str]:
        """Returns the messages that failed, or one of whose invoices did."""
        with_ids = [replace(message, value=(message.identifier, message.value)) for message in messages]
        failed = self._side_by_side(with_ids, self._take_up, at_once=MESSAGES_AT_ONCE)
        return failed | self._side_by_side(self._oldest_first(), self._look_at)

    def _oldest_first(self) -> list[Record]:
        """An invoice that was handed out twice is looked at for its last message only, in whatever order they came."""
        return sorted(self._rest, key=lambda record: record.value.at)

    def _take_up(self, with_id: tuple[str, Mapping[str, Any]]) -> None:
        message_id, message = with_id
        organization_id, at = message["organization_id"], datetime.fromisoformat(message["handed_out_at"])
        lago_ids = message["lago_ids"]
        if are_worth_a_list(len(lago_ids)):
            lago_ids = self._settle_listed(organization_id, lago_ids, at)
        self._rest.extend(
            Record(message_id, f"{organization_id}#{lago_id}", HandedOut(organization_id, lago_id, at))
            for lago_id in lago_ids
        )

    def _settle_listed(self, organization_id: str, lago_ids: Sequence[str], at: datetime) -> list[str]:
        """Write what a list at Stripe shows; returns what is left to be looked at one by one."""
        read = self._stores.invoices.batch(organization_id, lago_ids)
        now = bootstrap.now()
        due = {invoice.lago_id: invoice for invoice in read if is_to_be_looked_at(invoice, at, now)}
        _left_alone(len(lago_ids) - len(due))
        attempts = attempts_to_find(list(due.values()), stores=self._stores, now=now)
        for page in find_attempts(
            attempts, stores=self._stores, gateways=self._gateways, time_is_left=self._has_time, now=now
        ):
            for lago_id in self._written(page):
                del due[lago_id]
        return list(due)

    def _written(self, page: Sequence[Found]) -> list[str]:
        """The invoices whose findings were written."""
        written: list[str] = []

        def write(found: Found) -> None:
            attempt = found.attempt
            settled = settle_found(
                attempt.invoice, attempt.payment, found.outcome, stores=self._stores, now=bootstrap.now()
            )
            if settled:
                _looked_at(settled)
                written.append(settled.lago_id)

        ids = [found.attempt.invoice.lago_id for found in page]
        self._side_by_side([Record(*one) for one in zip(ids, ids, page, strict=True)], write)
        return written

    def _look_at(self, due: HandedOut) -> None:
        now = bootstrap.now()
        if not self._has_time():
            self._leave_for_later(due, now)
            return
        settled = collect_due(
            due.organization_id,
            due.lago_id,
            handed_out_at=due.at,
            stores=self._stores,
            gateways=self._gateways,
            now=now,
        )
        if settled:
            _looked_at(settled)
        else:
            _left_alone(1)

    def _leave_for_later(self, due: HandedOut, now: datetime) -> None:
        invoice = self._stores.invoices.get(due.organization_id, due.lago_id)
        if invoice and is_to_be_looked_at(invoice, due.at, now):
            postpone(invoice, now + NO_TIME_FOR, stores=self._stores, now=now)
            count("DueInvoicePutOff")

    def _has_time(self) -> bool:
        return self._remaining_milliseconds() >= NEEDED_MILLISECONDS

    def _side_by_side(self, records: Iterable[Record], handle: Any, *, at_once: int = AT_ONCE) -> set[str]:
        answer = process(
            records,
            handle,
            at_once=at_once,
            remaining_milliseconds=self._remaining_milliseconds,
            needed_milliseconds=WRITE_MILLISECONDS,
        )
        return {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}


def _looked_at(invoice: Invoice) -> None:
    count("DueInvoiceLookedAt")
    logger.info(
        "invoice looked at again",
        lago_invoice_id=invoice.lago_id,
        payment_status=invoice.payment_status.value,
        waiting_for=invoice.waiting_for,
    )


def _left_alone(number: int) -> None:
    count("DueInvoiceLeftAlone", number)


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Handle a batch of the queue; a message that could not be finished is delivered again.

    Then its invoices that were written meanwhile cost one read and no call of Stripe.
    """
    failed = Batch(context).settle(queue_records(event, _key))
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in sorted(failed)]}


def _key(message: Mapping[str, Any]) -> str:
    return f"{message['organization_id']}#{message['handed_out_at']}#{message['lago_ids'][0]}"
