"""What is missing to charge a customer."""

from paystream.model.case import Case, Learned
from paystream.model.customer import Customer
from paystream.model.invoice import Invoice
from paystream.model.last_failure import refusal_of
from paystream.model.rules.first_attempt import whose_first_attempt_is_not_on_record
from paystream.model.standing import WaitingFor
from paystream.model.steps import AskForMethod, Step, Wait


def ask_for_method(case: Case) -> Step | None:
    """No method can be charged, or what is known was charged without success, and none was chosen."""
    invoice, customer = case.invoice, case.customer
    if customer is None or customer.pays_by_bank_transfer or case.has(Learned.METHOD_ASKED_FOR):
        return None
    lacks_one = _lacks_first_method(case, customer) if invoice.is_open else _lacks_another_method(invoice, customer)
    return AskForMethod(customer) if lacks_one else None


def _lacks_first_method(case: Case, customer: Customer) -> bool:
    is_first = whose_first_attempt_is_not_on_record(case) is not None
    return is_first and case.invoice.waiting_for is WaitingFor.PAYMENT_METHOD and customer.pays_with is None


def _lacks_another_method(invoice: Invoice, customer: Customer) -> bool:
    is_waiting = invoice.waiting_for is WaitingFor.ANOTHER_PAYMENT_METHOD and invoice.chosen_payment_method_id is None
    return is_waiting and not invoice.is_to_be_collected_from(customer)


def wait(case: Case) -> Step | None:
    """A customer, an account or a method is missing, without which nothing can be collected."""
    missing = case.payer_of(case.latest)
    if isinstance(missing, WaitingFor):
        is_noted = case.invoice.waiting_for is missing and not _is_refusal_new(case, missing)
        return None if is_noted else Wait(missing)
    return None


def _is_refusal_new(case: Case, missing: WaitingFor) -> bool:
    """Whether Stripe has refused the customer, and the invoice does not say so yet."""
    refusal = refusal_of(case.customer) if missing is WaitingFor.PROVIDER_CUSTOMER else None
    return refusal is not None and refusal != case.invoice.last_failure
