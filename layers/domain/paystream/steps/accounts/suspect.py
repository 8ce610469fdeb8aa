"""A code that no table knows, and that refuses customer after customer, is the operator's: a breaker."""

from dataclasses import replace
from http import HTTPStatus

from paystream.errors import ChargeRefusedError, VersionConflictError
from paystream.model.faults import Reach, Whose, whose_fault
from paystream.model.integration import Integration
from paystream.model.outcome import Failure, Outcome, PayableStatus
from paystream.model.pauses import is_operators_by_now, refusal_text, with_suspect
from paystream.model.payment import Payment
from paystream.ports.stores import Stores

_TRIES = 10


def is_suspect(outcome: Outcome) -> bool:
    """Whether it is a refusal by Stripe itself, before any intent was made, and nobody knows whose fault it is. That a
    method is gone says nothing of the account.
    """
    failure = outcome.failure
    is_refusal = outcome.status is PayableStatus.FAILED and outcome.intent_id is None and not outcome.is_method_gone
    if failure is None or not is_refusal or failure.http_status is None:
        return False
    is_of_request = HTTPStatus.BAD_REQUEST <= failure.http_status < HTTPStatus.INTERNAL_SERVER_ERROR
    return is_of_request and whose_fault(failure) is Whose.UNKNOWN


def suspect(integration: Integration, payment: Payment, failure: Failure, *, is_replayed: bool, stores: Stores) -> None:
    """Count the customer. Raises ChargeRefusedError if the refusal is the operator's by now: nobody's payment fails by
    it. So it does where Stripe has kept the refusal: whose fault that was is not known any more, and the charge is sent
    again under another key. Where others keep writing, it is not counted.
    """
    text = refusal_text(Reach.ACCOUNT, None, failure)
    if is_replayed:
        raise ChargeRefusedError(text, code=failure.code, reach=Reach.ACCOUNT, is_replayed=True)
    for _ in range(_TRIES):
        current = stores.integrations.get(integration.organization_id, integration.code)
        if current is None or current.created_at != integration.created_at:
            return
        suspicion = with_suspect(current, failure.code, payment.external_customer_id)
        if is_operators_by_now(current, suspicion):
            raise ChargeRefusedError(text, code=failure.code, reach=Reach.ACCOUNT)
        if suspicion == current.suspicion:
            return
        try:
            stores.integrations.save(replace(current, suspicion=suspicion))
            return
        except VersionConflictError:
            continue
