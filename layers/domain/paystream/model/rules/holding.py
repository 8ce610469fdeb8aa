"""What waits for an account that takes no charges."""

from paystream.model.case import Case
from paystream.model.pauses import CREATE_INTENT, pause_of
from paystream.model.payment_method_types import CUSTOMER_BALANCE
from paystream.model.standing import WaitingFor
from paystream.model.steps import Hold, Step


def hold(case: Case) -> Step | None:
    """It waits for its account, through which nothing of the kind is asked for now: neither is anything looked up."""
    latest, customer, account = case.latest, case.customer, case.account
    is_waiting = case.invoice.is_open and case.invoice.waiting_for is WaitingFor.KEY
    if not is_waiting or customer is None or account is None or account.needs_attention:
        return None
    if latest is not None and latest.refused_at is None:
        return None
    types = (CUSTOMER_BALANCE,) if customer.pays_by_bank_transfer else customer.charged_types
    return Hold(account, types) if pause_of(account, CREATE_INTENT, types=types, now=case.now) else None
