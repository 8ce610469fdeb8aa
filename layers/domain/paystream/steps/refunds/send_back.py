"""Put the refund of a second payment on record, which nobody asked for."""

from dataclasses import replace

from paystream.model.case import Case, Learned
from paystream.model.received import with_sums
from paystream.model.settlement import Settlement
from paystream.model.steps import SendBack
from paystream.model.surplus import with_refund_of_surplus
from paystream.steps.attempts.run import Run


def send_back(case: Case, step: SendBack, run: Run) -> Case:
    """Where the setting of the account says so; one that is not connected is asked another day. It is sent when the
    refunds of the invoice are looked at. Raises VersionConflictError.
    """
    integration = run.accounts.of(step.payment)
    if integration is None:
        return case.with_learned(Learned.SURPLUS_LOOKED_AT).with_learned(Learned.NOT_ALL_ASKED)
    if not integration.refund_second_payments:
        return case.with_learned(Learned.SURPLUS_LOOKED_AT)
    known = Settlement(with_sums(case.invoice, case.on_record), step.payment, ())
    planned = with_refund_of_surplus(known, step.amount_cents, run.now)
    invoice = run.stores.invoices.settle(planned, ())
    learned = case.learned - {Learned.REFUNDS_LOOKED_AT}
    return replace(case.with_payment(planned.payment), invoice=invoice, learned=learned)
