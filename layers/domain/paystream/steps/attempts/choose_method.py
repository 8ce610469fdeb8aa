"""Which payment method the next attempt charges: the chosen one, the planned one, or the customer's default."""

from dataclasses import replace

from paystream.errors import NotFoundError, ResourceMissingError
from paystream.model.case import Case, Payer
from paystream.model.customer import Customer
from paystream.model.payment import MethodOrigin, Payment
from paystream.model.payment_method import SavedMethod, Wallet
from paystream.model.rules.fallback import takes_anothers_place
from paystream.steps.accounts.refused_key import calls_stripe
from paystream.steps.attempts.run import Run


def with_method(case: Case, payer: Payer, before: Payment, run: Run) -> Payer:
    """Who pays the attempt after `before`, with the method that it charges.

    Raises NotFoundError if the customer has the chosen method no more, is gone at Stripe, or pays by bank transfer;
    and what asking Stripe raises.
    """
    if case.invoice.chosen_payment_method_id is None:
        return replace(payer, customer=_with_planned_method(case, payer, before))
    return with_chosen_method(case, payer, run)


def with_chosen_method(case: Case, payer: Payer, run: Run) -> Payer:
    """Who pays with the method that was chosen. Raises as `with_method` does."""
    customer = payer.customer
    if customer.pays_by_bank_transfer:
        raise NotFoundError("payment_method")
    methods = _methods(payer, run)
    method = Wallet(customer, payer.integration, methods).method(str(case.invoice.chosen_payment_method_id))
    return replace(payer, customer=replace(customer, payment_method_id=method.id))


def with_method_of(case: Case, payer: Payer, attempt: Payment) -> Payer:
    """Who pays an attempt that begins again, with its method: unless the customer, at Stripe, is another one by now, or
    the default was not charged for the invoice yet.
    """
    customer, method_id = payer.customer, attempt.payment_method_id
    is_same = payer.integration.leads_to(attempt) and customer.provider_customer_id == attempt.provider_customer_id
    if method_id is None or not is_same or case.invoice.was_not_charged_with(customer.pays_with):
        return payer
    return replace(payer, customer=replace(customer, payment_method_id=method_id))


def origin_of(case: Case, payer: Payer) -> MethodOrigin | None:
    """Why the payer's method is charged."""
    if case.invoice.chosen_payment_method_id is not None:
        return MethodOrigin.CHOSEN
    return MethodOrigin.FALLBACK if takes_anothers_place(case, payer.customer.payment_method_id) else None


def _methods(payer: Payer, run: Run) -> tuple[SavedMethod, ...]:
    """What the customer has at Stripe. Raises NotFoundError if the customer is gone there."""
    try:
        with calls_stripe(
            payer.integration, "payment_method.list", stores=run.stores, gateways=run.gateways, now=run.now
        ) as gateway:
            return gateway.payment_methods(str(payer.customer.provider_customer_id))
    except ResourceMissingError:
        raise NotFoundError("payment_method") from None


def _with_planned_method(case: Case, payer: Payer, before: Payment) -> Customer:
    """The plan is for the method that was charged without success, as long as the customer at Stripe is the same and
    has any; what was never tried goes before it.
    """
    customer, planned = payer.customer, case.invoice.standing.planned_payment_method_id
    if planned is None or customer.payment_method_id is None or customer.pays_by_bank_transfer:
        return customer
    is_same = payer.integration.leads_to(before) and customer.provider_customer_id == before.provider_customer_id
    has_another = case.invoice.is_to_be_collected_from(customer)
    return replace(customer, payment_method_id=planned) if is_same and not has_another else customer
