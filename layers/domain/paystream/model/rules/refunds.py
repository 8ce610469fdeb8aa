"""Money that is to go back, or is on its way back."""

from paystream.model.case import Case, Learned, Occasion
from paystream.model.standing import Stage
from paystream.model.steps import LookAtRefunds, SendBack, Step
from paystream.model.surplus import second_payment


def send_back(case: Case) -> Step | None:
    """More came than is owed, and what was to go back did not: a refund has failed, or its account was gone."""
    is_asked = case.occasion is Occasion.DUE and case.invoice.stage is Stage.SETTLING
    if not is_asked or case.has(Learned.SURPLUS_LOOKED_AT):
        return None
    too_much = second_payment(case.invoice, case.on_record)
    return SendBack(too_much.payment, too_much.amount_cents) if too_much else None


def look_at_refunds(case: Case) -> Step | None:
    """A refund is under way. What can be closed was closed before: a refund that fails holds nothing open."""
    is_due = case.occasion is Occasion.DUE and bool(case.invoice.refunding_payment_ids)
    return LookAtRefunds() if is_due and not case.has(Learned.REFUNDS_LOOKED_AT) else None
