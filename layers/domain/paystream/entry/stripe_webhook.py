"""The events that Stripe posts: signed, or refused."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from paystream.adapters.stripe.events import event_from_json
from paystream.adapters.stripe.fields import flag, needed_text, put_aside, unreadable_field
from paystream.adapters.stripe.signature import is_signed
from paystream.entry.http import raw_body
from paystream.entry.refusals import MalformedRequestError
from paystream.errors import UnreadableObjectError
from paystream.ports.stripe import ListedEvent
from paystream.use_cases.stripe_events.stripe_event import StripeEvent


@dataclass(frozen=True, slots=True)
class SignedEvent:
    """An event that Stripe signed. `meaning` is None if it is of a type that is not handled, or cannot be read.
    `livemode` is None if it does not say so.
    """

    id: str
    type: str
    livemode: bool | None
    meaning: StripeEvent | None


def listed_meaning(event: ListedEvent) -> StripeEvent | None:
    """What an event of Stripe's list means, as `SignedEvent.meaning`. One that cannot be read is put aside: it never
    will be.
    """
    return _meaning(event.content, event.id)


def signed_event(request: Mapping[str, Any], signing_secrets: Iterable[str], now: datetime) -> SignedEvent:
    """Read an event over the raw body. Raises MalformedRequestError for a signature that is not Stripe's of these
    minutes, and for what is no event: it has no id, or no type. One that lacks something else is taken.
    """
    body = raw_body(request)
    headers = (request.get("multiValueHeaders") or {}).items()
    signatures = [value for name, values in headers if name.lower() == "stripe-signature" for value in values]
    if len(signatures) != 1 or not is_signed(body, signatures[0], signing_secrets, now):
        raise MalformedRequestError(HTTPStatus.BAD_REQUEST, "the signature is not valid")
    try:
        content = json.loads(body)
        event_id, event_type = needed_text(content, "id"), needed_text(content, "type")
    except (ValueError, RecursionError) as malformed:
        raise MalformedRequestError(HTTPStatus.BAD_REQUEST, "the body is not valid JSON") from malformed
    except (UnreadableObjectError, LookupError, TypeError, AttributeError) as unknown:
        raise MalformedRequestError(HTTPStatus.BAD_REQUEST, "the body is not an event") from unknown
    livemode = flag(content, "livemode")
    if livemode is None:
        put_aside(unreadable_field(content, "livemode"), event_id)
    return SignedEvent(event_id, event_type, livemode, _meaning(content, event_id))


def _meaning(content: Mapping[str, Any], event_id: str) -> StripeEvent | None:
    """Whether an event can be read does not change when it is sent again: it is put aside, and Stripe keeps it."""
    try:
        return event_from_json(content)
    except UnreadableObjectError as unreadable:
        put_aside(unreadable, event_id)
    except (LookupError, TypeError, AttributeError):
        put_aside(UnreadableObjectError(None, "data"), event_id)
    return None
