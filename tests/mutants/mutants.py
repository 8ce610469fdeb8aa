"""The table: each mutant is the product without one guard of the money rules (docs/architecture.md)."""

from dataclasses import replace

from .mutant import FUNCTIONS, STORIES, Mutant
from .of_figures import OF_FIGURES
from .of_outsiders import OF_OUTSIDERS
from .of_the_core import OF_THE_CORE
from .of_the_model import OF_THE_MODEL
from .of_the_wallet import OF_THE_WALLET

PROCESSING_IS_NOT_CLOSED = """        return case.with_retrieved(attempt)
    if attempt.payment_status is PayableStatus.FAILED"""
COUNTS_AS_CLOSED = "            return write.closed(case, replace(attempt, status=CANCELED), run)\n"

_IN_TESTS_OF_FUNCTIONS = (
    Mutant(
        name="The 23-hour guard is dropped: a key is trusted for ever",
        path="model/attempts.py",
        text="return now - started_at(invoice, attempt) > KEY_IS_SAFE_FOR or attempt.unknown_tries",
        replacement="return attempt.unknown_tries",
        killers=(
            f"{FUNCTIONS}/test_invoice_created_repeats.py"
            "::test_from_23_hours_on_the_payment_is_looked_up_before_anything_is_sent",
        ),
    ),
    Mutant(
        name="The version condition is dropped: the last writer wins",
        path="adapters/dynamodb/database.py",
        text='"ConditionExpression": "#version = :version",',
        # Both names stay in use: DynamoDB refuses what defines a name for nothing, and that would be no kill.
        replacement='"ConditionExpression": "#version = :version OR attribute_exists(#version)",',
        killers=(
            f"{FUNCTIONS}/test_payment_result.py"
            "::TestCrashesAndRaces::test_success_and_failure_at_the_same_time_end_in_success",
        ),
    ),
    Mutant(
        name="The attempt before is not closed when a new one begins",
        path="model/rules/closing.py",
        text="return [one for one in case.attempts if one.is_to_be_closed]",
        replacement="return []",
        killers=(
            f"{FUNCTIONS}/test_retry_payment.py"
            "::test_a_payment_that_has_succeeded_after_all_is_recorded_and_not_charged_again",
        ),
    ),
    Mutant(
        name="Nothing is looked up on `idempotency_error`",
        path="steps/attempts/send_attempt.py",
        text="except ParametersChangedError:\n        found = _look_up(payment, gateway, began_at)",
        replacement="except ParametersChangedError:\n        raise\n        found = None",
        killers=(
            f"{FUNCTIONS}/test_invoice_created_repeats.py::test_another_default_card_does_not_make_it_another_payment",
        ),
    ),
    Mutant(
        name="A 5xx of Stripe counts as a failure",
        path="adapters/stripe/errors.py",
        text="_REFUSED = (stripe.CardError, stripe.InvalidRequestError)",
        replacement="_REFUSED = (stripe.CardError, stripe.InvalidRequestError, stripe.APIError)",
        killers=(
            f"{FUNCTIONS}/test_collect_due.py"
            "::test_an_invoice_that_is_unknown_three_times_is_looked_up_and_not_sent_again",
        ),
    ),
    Mutant(
        name="A payment link's page is not expired before a charge",
        path="steps/pages/payment_link.py",
        text="session = gateway.checkout.expire_link(session.id) or session",
        replacement="return expired_link()",
        killers=(f"{FUNCTIONS}/test_payment_url.py::test_a_retry_expires_the_page_and_charges",),
    ),
    Mutant(
        name="The total is charged instead of what is due",
        path="model/attempts.py",
        text="amount_cents=invoice.total_due_amount_cents,",
        replacement="amount_cents=invoice.total_amount_cents,",
        killers=(f"{FUNCTIONS}/test_create_payment.py::test_the_charge_takes_only_what_is_still_owed",),
    ),
    Mutant(
        name="The refund cap is dropped: more may go back than was paid",
        path="use_cases/invoices/refund_payment.py",
        text="if amount > left:",
        replacement="if False:",
        killers=(f"{FUNCTIONS}/test_refund_payment.py::test_two_who_ask_at_once_never_give_back_more_than_was_paid",),
    ),
    Mutant(
        name="A refund is sent again without a look-up",
        path="steps/refunds/send_refund.py",
        text="made = () if is_new else refunds.of_intent(intent_id)",
        replacement="made = ()",
        killers=(f"{FUNCTIONS}/test_refund_payment.py::TestACrash::test_after_stripe_forgot_the_key_is_looked_up",),
    ),
    Mutant(
        name="The ten minutes are not outwaited: a function may still be at work on the attempt before",
        path="steps/pages/payment_link.py",
        text="if now < quiet_at:",
        replacement="if False:",
        killers=(
            f"{FUNCTIONS}/test_retry_payment.py"
            "::TestARefusalWithoutAnIntent::test_is_outwaited_and_looked_up_before_the_next_attempt",
        ),
    ),
    Mutant(
        name="The ten minutes are not outwaited: a request may be in progress in another account",
        path="steps/attempts/send_attempt.py",
        text="if not payer.integration.leads_to(link) and now < ends_at:",
        replacement="if False:",
        killers=(
            f"{FUNCTIONS}/test_invoice_created_relinks.py"
            "::test_a_request_in_progress_in_another_account_must_come_to_its_end_before_this_one_is_asked",
        ),
    ),
    Mutant(
        name="An invoice's own attempt stays open when it is paid by hand",
        path="use_cases/invoices/record_manual_payment.py",
        text="return move(paid, Stage.PAID, due_at=look_at_last_attempt_at(last, now), now=now)",
        replacement="return move(paid, Stage.PAID, now=now)",
        killers=(
            f"{FUNCTIONS}/test_create_payment.py::test_a_failed_invoice_is_settled_and_its_attempt_is_closed_at_stripe",
        ),
    ),
    Mutant(
        name="An invoice's own attempt stays open when it is paid by another intent",
        path="model/settlement.py",
        text="return None if is_last and not payment.is_to_be_closed else now",
        replacement="return None",
        killers=(
            f"{FUNCTIONS}/test_settled_otherwise.py::TestWhatAnotherSystemCollectsUnderTheNameOfAnAttempt"
            "::test_is_a_payment_of_its_own_and_the_attempt_is_closed",
        ),
    ),
    Mutant(
        name="The `processing` of what was voided counts as closed",
        path="use_cases/collecting/perform.py",
        text=PROCESSING_IS_NOT_CLOSED,
        replacement=f"        if case.invoice.voided_at:\n{COUNTS_AS_CLOSED}{PROCESSING_IS_NOT_CLOSED}",
        killers=(
            f"{FUNCTIONS}/test_failed_then_debited.py"
            "::test_what_comes_of_one_after_a_void_is_found_where_its_events_are_lost",
        ),
    ),
    Mutant(
        name="A voided voucher that is known to be `processing` is looked at no more",
        path="model/schedule.py",
        text="may_end = payment.is_to_be_closed or payment.payment_status is PayableStatus.PROCESSING",
        replacement="may_end = payment.is_to_be_closed",
        killers=(
            f"{FUNCTIONS}/test_settled_otherwise.py"
            "::test_a_voucher_of_a_page_that_is_paid_after_a_void_is_found_where_the_event_is_lost",
        ),
    ),
    Mutant(
        name="A failed intent's `processing` counts as closed: it was confirmed with a debit",
        path="use_cases/collecting/perform.py",
        text=PROCESSING_IS_NOT_CLOSED,
        replacement=f"        if not case.invoice.voided_at:\n{COUNTS_AS_CLOSED}{PROCESSING_IS_NOT_CLOSED}",
        killers=(
            f"{FUNCTIONS}/test_slow_methods.py"
            "::test_a_failed_payment_that_was_confirmed_with_a_debit_is_not_charged_again_by_a_retry",
        ),
    ),
)

_SEEN_BY_THE_SIMULATION = {
    "A payment link's page is not expired before a charge": "TestACharge::test_is_not_sent_while_a_page_is_open",
    "The total is charged instead of what is due": "TestACharge::test_is_over_what_a_payment_by_hand_has_left",
    "The refund cap is dropped: more may go back than was paid": (
        "test_two_who_ask_at_once_never_send_back_more_than_was_paid"
    ),
    "An invoice's own attempt stays open when it is paid by hand": (
        "TestWhatIsSettled::test_by_hand_can_be_paid_at_stripe_no_more"
    ),
    "An invoice's own attempt stays open when it is paid by another intent": (
        "TestWhatIsSettled::test_by_another_system_can_be_paid_at_stripe_no_more"
    ),
    "A failed intent's `processing` counts as closed: it was confirmed with a debit": (
        "TestACharge::test_is_not_sent_while_a_debit_of_an_attempt_that_failed_is_on_its_way"
    ),
}
"""The rules of the simulation must see these, too, without a test that was written for the guard."""

MUTANTS = (
    *_IN_TESTS_OF_FUNCTIONS,
    *OF_THE_CORE,
    *OF_THE_WALLET,
    *OF_FIGURES,
    *OF_THE_MODEL,
    *OF_OUTSIDERS,
    *(
        replace(
            mutant,
            name=f"{mutant.name} (in the simulation)",
            killers=(f"{STORIES}::{_SEEN_BY_THE_SIMULATION[mutant.name]}",),
        )
        for mutant in _IN_TESTS_OF_FUNCTIONS
        if mutant.name in _SEEN_BY_THE_SIMULATION
    ),
)
