"""Tell a bank transfer that Stripe has no account for before it is sent."""

from datetime import datetime

from paystream.model.invoice import Invoice
from paystream.model.outcome import Failure, Outcome, PayableStatus
from paystream.model.payment import Payment
from paystream.use_cases.ask_stripe import is_looked_up_first


def refused_transfer(invoice: Invoice, payment: Payment, now: datetime) -> Outcome | None:
    """The failure of a transfer in EUR by a customer from where Stripe has no accounts; None for any other payment.

    An attempt that may have been sent long ago, when the customer had another country perhaps, is looked up.
    """
    lacks_country = payment.bank_transfer is not None and payment.bank_transfer.lacks_country
    return missing_country() if lacks_country and not is_looked_up_first(invoice, payment, now) else None


def missing_country() -> Outcome:
    """Lago's code for it; nothing was sent."""
    message = "A bank transfer in EUR needs a customer in one of BE, DE, ES, FR, IE, NL."
    return Outcome(
        status=PayableStatus.FAILED, intent_status="failed", failure=Failure(code="missing_country", message=message)
    )
