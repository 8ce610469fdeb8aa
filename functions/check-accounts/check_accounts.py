"""Look at each connected account once a day, and at once after a gap: its webhook endpoint, and missed events. What
Stripe refused it is tried again, and resumed.
"""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from paystream import bootstrap
from paystream.entry.records import process_pages
from paystream.entry.stripe_webhook import listed_meaning
from paystream.errors import PaystreamError
from paystream.model.integration import Integration
from paystream.observability import count, logger, metrics
from paystream.ports.stripe import ListedEvent
from paystream.use_cases.accounts.check_account import Look, check_account
from paystream.use_cases.stripe_events.apply_event import apply_event

AT_ONCE = 5
NEEDED_MILLISECONDS = 60_000
"""For a page of events."""


def _apply(integration: Integration, event: ListedEvent) -> bool:
    """Whether it is done with."""
    meaning = listed_meaning(event)
    try:
        applied = meaning is not None and apply_event(
            meaning,
            integration,
            stores=bootstrap.stores(),
            gateways=bootstrap.gateways,
            queue=bootstrap.collection_queue(),
            now=bootstrap.now(),
        )
    except PaystreamError as error:
        logger.warning("event not applied", event_id=event.id, reason=type(error).__name__, text=str(error))
        return False
    if applied:
        logger.info("event read from Stripe's list", event_id=event.id)
        count("StripeEventCaughtUp")
    return True


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """Look at those that are due; what fails, or is not done in time, is due the next time again."""

    def check(one: tuple[str, str]) -> None:
        look = Look(
            stores=bootstrap.stores(),
            gateways=bootstrap.gateways(),
            secrets=bootstrap.secrets(),
            queue=bootstrap.collection_queue(),
            apply=_apply,
            has_time=lambda: context.get_remaining_time_in_millis() > NEEDED_MILLISECONDS,
            now=bootstrap.now(),
        )
        check_account(*one, look)

    looked_at, failed = process_pages(
        lambda cursor: bootstrap.stores().integrations.to_be_checked(until=bootstrap.now(), cursor=cursor),
        check,
        name="/".join,
        at_once=AT_ONCE,
        remaining_milliseconds=context.get_remaining_time_in_millis,
        needed_milliseconds=NEEDED_MILLISECONDS,
    )
    count("AccountChecked", looked_at - failed)
    return {"checked": looked_at - failed, "failed": failed}
