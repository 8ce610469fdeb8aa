"""The method, or the customer, that an attempt was to charge is gone at Stripe, and no event has said so: before that
is called a failure the default is asked for, or who takes the customer's place.
"""

from dataclasses import replace

from paystream.model.attempts import new_payment
from paystream.model.case import Case, Payer
from paystream.model.customer import Customer
from paystream.model.moves import move, postpone
from paystream.model.outcome import CANCELED, Outcome
from paystream.model.payment import Payment
from paystream.model.retries import with_decline
from paystream.model.schedule import look_again_at, look_at_refused_again_at
from paystream.model.settlement import Settlement, settle
from paystream.model.standing import Stage
from paystream.steps.attempts.run import Run
from paystream.steps.attempts.send_attempt import send_with_another_method
from paystream.steps.look_ups.find_payment_method import find_payment_method, keep_default, with_current_default

Answered = tuple[Payment, Outcome, Customer]
"""An attempt with what became of it, and the customer as Stripe knows it."""


def charge_default_of_now(case: Case, attempt: Payment, refused: Outcome, payer: Payer, run: Run) -> Answered | Case:
    """What became of the attempt once Stripe's default of now was charged, or of the refusal if there is no other. A
    case, if another attempt has to begin for that: it is on record then, and nothing was sent for it.

    The attempt keeps its key, so that it charges once, also where another function is at work on it. Where Stripe has
    kept the refusal under the key, nothing is ever charged under that. Safe to repeat. Source:
    https://docs.stripe.com/error-low-level#idempotency. Raises what asking Stripe raises.
    """
    customer = case.customer
    if customer is None or not _charges_default(case, attempt, customer):
        return attempt, refused, payer.customer
    current = with_current_default(customer, payer.integration, stores=run.stores, gateways=run.gateways, now=run.now)
    is_another = current.payment_method_id not in (None, attempt.payment_method_id)
    if not is_another or not case.invoice.was_not_charged_with(current.payment_method_id):
        return attempt, refused, keep_default(customer, current, run.stores)
    replaced = replace(attempt, payment_method_id=current.payment_method_id)
    outcome = send_with_another_method(
        case.invoice, replaced, payer, stores=run.stores, gateways=run.gateways, now=run.now
    )
    if outcome:
        return replaced, outcome, keep_default(customer, current, run.stores)
    now_paying = Payer(replace(customer, payment_method_id=current.payment_method_id), payer.integration)
    begun = _begin_next(case, attempt, refused, now_paying, run)
    return replace(begun, customer=keep_default(customer, current, run.stores))


def leave_to_nobody(case: Case, attempt: Payment, payer: Payer, run: Run) -> Case:
    """The case in which the attempt waits for whom the customer is linked to next: Stripe has deleted the one that it
    was for, and no event has said so. Should another function keep the link from being forgotten, the next charge is
    refused as well. It begins again under another key. Raises what asking Stripe raises.
    """
    linked = case.customer
    if linked is not None and linked.provider_customer_id == attempt.provider_customer_id:
        find_payment_method(linked, payer.integration, stores=run.stores, gateways=run.gateways, now=run.now)
    known = replace(case.invoice, attempt=max(case.invoice.attempt, attempt.attempt))
    due = postpone(known, look_at_refused_again_at(case.invoice, run.now), now=run.now)
    run.stores.invoices.settle(Settlement(due, replace(attempt, refused_at=run.now, updated_at=run.now), ()), ())
    return run.reloaded(case)


def _charges_default(case: Case, attempt: Payment, customer: Customer) -> bool:
    is_default = attempt.payment_method_id is not None and attempt.payment_method_id == customer.payment_method_id
    is_theirs = attempt.provider_customer_id == customer.provider_customer_id
    return is_default and is_theirs and case.invoice.own_payment_method_id is None


def _begin_next(case: Case, attempt: Payment, refused: Outcome, payer: Payer, run: Run) -> Case:
    """The attempt has ended, and the next one is on record, in one transaction: nobody is notified of a failure."""
    settled = settle(case.invoice, attempt, refused, now=run.now)
    ended = replace(settled.payment if settled else attempt, status=CANCELED)
    number = max(case.invoice.attempt, attempt.attempt) + 1
    begun = replace(with_decline(case.invoice, ended), attempt=number, attempt_started_at=run.now)
    payment = new_payment(begun, payer, number, run.now)
    moved = move(begun, Stage.IN_FLIGHT, due_at=look_again_at(begun, run.now), now=run.now)
    settlement = Settlement(moved, payment, (), ended, begins=True)
    invoice = run.stores.invoices.settle(settlement, (), payer=payer)
    known = [one for one in case.attempts if one.lago_id != ended.lago_id]
    sent_through = {**case.sent_through, payment.lago_id: payer.integration}
    return replace(case, invoice=invoice, attempts=(*known, ended, payment), sent_through=sent_through)
