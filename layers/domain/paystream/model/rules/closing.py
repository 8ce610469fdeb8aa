"""What can still be paid is closed, or has come to its end, before anything new begins."""

from paystream.model.case import Case, Learned, Occasion
from paystream.model.payment import Payment
from paystream.model.rules.beginning import is_to_begin
from paystream.model.rules.known import processing
from paystream.model.rules.superseded import is_superseded
from paystream.model.schedule import UNREACHABLE_IS_LOOKED_AT_EVERY, look_again_at
from paystream.model.standing import Stage
from paystream.model.steps import Close, CloseOthers, EndPlan, Rest, Step

NOT_CONNECTED = "payment_provider_not_connected"


def close(case: Case) -> Step | None:
    """An attempt can still be paid although it failed, is superseded, or the invoice has ended."""
    if case.followed_for is None or case.occasion is Occasion.NEW:
        return None
    reachable = [one for one in _to_be_closed(case) if one.lago_id in case.sent_through]
    rest = [one for one in reachable if one.lago_id not in case.retrieved]
    return Close(rest[-1], case.followed_for) if rest else None


def close_others(case: Case) -> Step | None:
    """It was voided or settled, and work is left: nothing under its name is to be paid, and what was is on record."""
    latest, has_ended = case.latest, case.occasion is Occasion.DUE and case.invoice.stage is Stage.SETTLING
    if latest is None or not (has_ended or is_to_begin(case, latest)) or case.has(Learned.OTHERS_CLOSED):
        return None
    return None if case.invoice.refunding_payment_ids else CloseOthers(latest)


def end_unreachable(case: Case) -> Step | None:
    """An attempt was sent to an account that is not connected any more: nobody can close it until that comes back. No
    other attempt begins.
    """
    invoice = case.invoice
    is_left = any(one.is_to_be_closed and one.lago_id not in case.sent_through for one in case.attempts)
    if not is_left or case.followed_for is None or invoice.is_open:
        return None
    tomorrow = case.now + UNREACHABLE_IS_LOOKED_AT_EVERY
    is_awaited = invoice.stage in (Stage.RETRY_PLANNED, Stage.AUTHENTICATION_LINK_DUE)
    return EndPlan(NOT_CONNECTED, tomorrow) if is_awaited else Rest(tomorrow)


def outwait(case: Case) -> Step | None:
    """An attempt is still on its way, one that was to be closed, too: nothing new begins until it has come to its
    end.
    """
    is_under_way = any(one.lago_id in case.retrieved for one in (*_to_be_closed(case), *processing(case)))
    return Rest(look_again_at(case.invoice, case.now)) if is_under_way else None


def _to_be_closed(case: Case) -> list[Payment]:
    if not case.invoice.is_open:
        return [one for one in case.attempts if one.is_to_be_closed]
    return [case.latest] if case.latest and is_superseded(case, case.latest) else []
