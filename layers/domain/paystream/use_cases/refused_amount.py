"""Tell an amount that Stripe does not charge before it is sent, where that is certain."""

from datetime import datetime

from paystream.model.currency import minimum_amount
from paystream.model.integration import Integration
from paystream.model.invoice import Invoice
from paystream.model.outcome import Failure, Outcome, PayableStatus
from paystream.model.payment import Payment
from paystream.use_cases.ask_stripe import is_looked_up_first


def refused_amount(invoice: Invoice, payment: Payment, integration: Integration, now: datetime) -> Outcome | None:
    """What Stripe would say of an amount below its minimum; None where only Stripe can say.

    The minimum is that of the currency the account is paid out in: of another one it depends on the rate of exchange.
    An attempt that may have been sent long ago, over another amount perhaps, is looked up.
    """
    minimum = minimum_amount(invoice.currency)
    is_paid_out_in_it = integration.default_currency == invoice.currency
    if not is_paid_out_in_it or payment.amount_cents >= minimum or is_looked_up_first(invoice, payment, now):
        return None
    message = f"The amount is below Stripe's minimum of {minimum} in {invoice.currency} (minor units)."
    return Outcome(
        status=PayableStatus.FAILED,
        intent_status="failed",
        failure=Failure(code="amount_too_small", message=message),
    )
