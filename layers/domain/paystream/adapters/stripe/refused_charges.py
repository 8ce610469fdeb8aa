"""A charge that Stripe refuses: an outcome, unless it is the operator's matter."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

import stripe

from paystream.adapters.stripe.fields import part
from paystream.adapters.stripe.intents import failure_from_error, outcome_from_error
from paystream.errors import ChargeRefusedError, KeyRefusedError
from paystream.model.faults import Reach, Whose, fault_of, whose_fault
from paystream.model.outcome import Failure, Outcome
from paystream.model.pauses import refusal_text


def refused_charge(error: stripe.StripeError, types: Sequence[str]) -> Outcome:
    """What the refusal of a payment says. `types` are those of which one was to be charged. Raises as
    `raise_if_operators` does.
    """
    raise_if_operators(error, types)
    outcome = outcome_from_error(_error(error), http_status=error.http_status, request_id=error.request_id)
    return replace(outcome, is_replayed=_is_replayed(error))


def raise_if_operators(error: stripe.StripeError, types: Sequence[str]) -> None:
    """Raises ChargeRefusedError, or KeyRefusedError, if no intent was made for a reason that is the operator's. Source:
    https://docs.stripe.com/api/idempotent_requests for what is replayed.
    """
    content = _error(error)
    failure = failure_from_error(content, http_status=error.http_status, request_id=error.request_id)
    fault = fault_of(failure)
    if fault is None or whose_fault(failure) is not Whose.OPERATOR or content.get("payment_intent"):
        return
    reach = fault.reach or Reach.REQUEST
    if reach is Reach.KEY:
        raise KeyRefusedError(
            "Stripe does not accept the key; connect the integration with a valid one", code=fault.code
        )
    what = _what(reach, fault.code, failure, types)
    text = refusal_text(reach, what, failure)
    raise ChargeRefusedError(text, code=fault.code, reach=reach, what=what, is_replayed=_is_replayed(error))


def _is_replayed(error: stripe.StripeError) -> bool:
    return bool((error.headers or {}).get("Idempotent-Replayed") == "true")


def _what(reach: Reach, code: str, failure: Failure, types: Sequence[str]) -> str | None:
    if reach is Reach.REQUEST:
        return code
    if reach is not Reach.METHOD_TYPE:
        return None
    named = [one for one in types if one in failure.message]
    return ",".join(named[:1] or ([failure.payment_method_type] if failure.payment_method_type else types))


def _error(error: stripe.StripeError) -> Mapping[str, Any]:
    return part(cast("Mapping[str, Any]", error.json_body or {}), "error")
