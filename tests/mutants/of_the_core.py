"""Guards of the core (docs/decisions/stages-and-steps.md): what a case is, what comes next, and how money adds up."""

from .mutant import FUNCTIONS, STORIES, Mutant

_CROSSING = f"{STORIES}::TestWhereWaysCross"
_SURPLUSES = f"{FUNCTIONS}/test_part_payments_and_surpluses.py"
_FORMER = f"{FUNCTIONS}/test_older_attempts_that_are_paid.py"
_REFUSALS = f"{FUNCTIONS}/test_refusals_over_unwritten_successes.py::TestATransferWithoutACountry"

_FAULTS = f"{FUNCTIONS}/test_operators_faults.py::TestAnAccountThatTakesNoCharges"


def _mutant(name: str, path: str, text: str, replacement: str, killer: str) -> Mutant:
    return Mutant(name=name, path=path, text=text, replacement=replacement, killers=(killer,))


OF_THE_CORE = (
    _mutant(
        "A rule of ours refuses what may have been sent, without a look-up",
        "model/rules/charging.py",
        "if until and not _is_looked_up(case, until):",
        "if False:",
        f"{_REFUSALS}::test_is_no_failure_that_anyone_is_notified_of",
    ),
    _mutant(
        "That the customer was changed does not count before a rule of ours refuses",
        "model/attempts.py",
        "changes = [one for one in (payer.customer.updated_at, payer.integration.updated_at) if one > began_at]",
        "changes: list[datetime] = []",
        f"{_REFUSALS}::test_is_no_failure_that_anyone_is_notified_of",
    ),
    _mutant(
        "A page stays open when what failed on the page before is paid",
        "model/settlement.py",
        "is_last = _is_own(payment) and payment.attempt == invoice.attempt",
        "is_last = _is_own(payment)",
        f"{_CROSSING}::test_a_page_is_closed_when_what_failed_on_the_page_before_is_paid",
    ),
    _mutant(
        "A page stays open when only an event has said that it was paid",
        "model/payment.py",
        "return has_page and self.payment_status is PayableStatus.SUCCEEDED",
        "return False",
        f"{_CROSSING}::test_a_page_is_closed_when_another_system_collects_under_its_name",
    ),
    _mutant(
        "A success over too little settles the invoice",
        "model/settlement.py",
        "if paid.is_owed and paid.total_due_amount_cents:",
        "if False:",
        f"{_CROSSING}::test_a_success_over_too_little_is_a_part_payment",
    ),
    _mutant(
        "A surplus counts only where the invoice was paid before",
        "model/surplus.py",
        "is_over = not before.is_owed or payment.amount_cents > before.total_due_amount_cents",
        "is_over = not before.is_owed",
        f"{_CROSSING}::test_what_is_paid_too_much_goes_back_where_the_setting_says_so",
    ),
    _mutant(
        "What was paid elsewhere does not count when more comes",
        "model/surplus.py",
        "known = as_on_record(invoice, on_record.payments, on_record.history)",
        "known = as_on_record(invoice, on_record.payments, None)",
        f"{FUNCTIONS}/test_second_payments.py::test_what_comes_after_the_invoice_was_paid_elsewhere_goes_back_whole",
    ),
    _mutant(
        "What had been waiting is charged without a claim",
        "model/rules/charging.py",
        "is_seen = case.invoice.waiting_for is None or case.invoice.is_claimed(case.now)",
        "is_seen = True",
        f"{_CROSSING}::test_a_part_that_is_paid_by_hand_is_not_charged_a_second_time",
    ),
    _mutant(
        "A failed attempt over the whole stays open when a part is paid by hand",
        "use_cases/invoices/record_manual_payment.py",
        "return postpone(paid, now, now=now) if last and last.is_to_be_closed else paid",
        "return paid",
        f"{_SURPLUSES}::TestAPartThatIsPaidByHandAfterADecline"
        "::test_closes_the_failed_attempt_which_was_over_more_than_is_due",
    ),
    _mutant(
        "What cannot be closed because its account is gone is looked at no more",
        "model/rules/closing.py",
        "return EndPlan(NOT_CONNECTED, tomorrow) if is_awaited else Rest(tomorrow)",
        "return EndPlan(NOT_CONNECTED)",
        f"{_CROSSING}::test_an_attempt_is_closed_when_its_account_comes_back",
    ),
    _mutant(
        "A charge is not looked for under the customer of the item before",
        "steps/attempts/send_attempt.py",
        "of_others = links_of_former_customers(invoice, stores) if payment.attempt == 1 else ()",
        "of_others: tuple[()] = ()",
        f"{_CROSSING}::test_a_charge_of_the_customer_before_is_found_when_another_replaces_it",
    ),
    _mutant(
        "What is under way is not followed when a mistake replaces its item",
        "model/rules/known.py",
        "followed = processing(case) if case.invoice.stage is Stage.PARKED else",
        "followed = [] if case.invoice.stage is Stage.PARKED else",
        f"{_CROSSING}::test_a_debit_is_followed_when_a_mistake_replaces_its_item",
    ),
    _mutant(
        "What another system has begun stays open when the invoice is settled",
        "steps/attempts/close_others.py",
        "            if _is_payable(listed.outcome) and _is_none_of_ours(case, listed):",
        "            if _is_payable(listed.outcome) and not listed.metadata:",
        f"{_FORMER}::test_an_intent_of_another_system_under_our_name_that_is_not_paid_yet_is_closed_when_the_invoice_is_settled",
    ),
    _mutant(
        "Whose success it is that bears the invoice's name is not decided again after a lost race",
        "steps/attempts/close_others.py",
        "                    decides_again=False,",
        "                    decides_again=True,",
        f"{FUNCTIONS}/test_lost_races.py::TestMoneyIsCountedOnce"
        "::test_when_another_function_makes_the_next_attempt_while_one_lists_what_bears_the_invoices_name",
    ),
    _mutant(
        "What failed on a page is never asked for again",
        "model/rules/known.py",
        "return [one for one in case.attempts if one.is_spent and one.created_at > since]",
        "return [one for one in case.attempts if one.is_spent and one.created_at < since]",
        f"{_FORMER}::TestADebitOfAFormerPageThatIsConfirmedAfterAll::test_is_found_where_its_event_is_lost",
    ),
    _mutant(
        "What was asked for counts, not what was received",
        "adapters/stripe/intents.py",
        "amount_cents=amount if received is None else received,",
        "amount_cents=amount,",
        f"{FUNCTIONS}/test_received_amounts.py::test_of_an_intent_that_was_captured_in_part_only_that_part_is_recorded",
    ),
    _mutant(
        "An intent that is gone at Stripe is followed for ever",
        "use_cases/collecting/perform.py",
        "outcome = gateway.payment(intent_id) or gone(intent_id)",
        "outcome = gateway.payment(intent_id)\n    if outcome is None:\n        return case.answered(case.invoice)",
        f"{FUNCTIONS}/test_unconfirmed_and_gone_intents.py::TestAnIntentThatIsGone::test_has_failed_which_is_notified_when_it_is_looked_at",
    ),
    _mutant(
        "A retry whose customer is gone at Stripe fails for ever",
        "steps/attempts/choose_method.py",
        'raise NotFoundError("payment_method") from None',
        "raise",
        f"{FUNCTIONS}/test_retry_payment.py"
        "::test_where_the_customer_is_deleted_after_a_method_was_chosen_that_is_notified_once_and_the_plan_ends",
    ),
    _mutant(
        "An automatic refund is sent whole though a person has sent a part back",
        "model/surplus.py",
        "if amount >= planned.amount_cents:",
        "if amount >= 0:",
        f"{FUNCTIONS}/test_refunds_at_stripe.py::TestWhenASecondPaymentIsToGoBack"
        "::test_only_the_rest_does_where_a_part_of_the_first_one_has",
    ),
    _mutant(
        "A claim keeps nobody away",
        "model/invoice.py",
        "return self.standing.claimed_until is not None and now < self.standing.claimed_until",
        "return self.standing.claimed_until is not None and now > self.standing.claimed_until",
        f"{_CROSSING}::test_a_part_that_is_paid_by_hand_is_not_charged_a_second_time",
    ),
    _mutant(
        "A look-up counts before the last function can have ended",
        "use_cases/collecting/perform.py",
        "if run.now < step.not_before:",
        "if False:",
        f"{FUNCTIONS}/test_invoice_created_outcomes.py"
        "::test_an_attempt_that_may_have_been_sent_is_looked_up_before_its_amount_is_refused",
    ),
    _mutant(
        "A paid invoice can be owed again",
        "model/moves.py",
        "if invoice.payment_status is PaymentStatus.SUCCEEDED and payment_status is not PaymentStatus.SUCCEEDED:",
        "if False:",
        "tests/unit/test_moves.py::test_what_is_paid_is_never_owed_again",
    ),
    _mutant(
        "A lost race is not decided again",
        "steps/attempts/run.py",
        "from lost\n        return self.reloaded(case)",
        "from lost\n        return case",
        f"{FUNCTIONS}/test_another_card.py"
        "::test_an_attempt_that_another_function_has_begun_is_closed_before_the_next_one",
    ),
    _mutant(
        "What Stripe has refused is sent again under the key that keeps the refusal",
        "use_cases/collecting/begin_chosen.py",
        "key_number = attempt.key_number + (attempt.refused_at is not None)",
        "key_number = 0",
        f"{_FAULTS}::test_the_refusal_that_stripe_keeps_under_a_key_is_not_taken_for_one_of_now",
    ),
    _mutant(
        "A refusal that Stripe has kept pauses the account",
        "adapters/stripe/refused_charges.py",
        'return bool((error.headers or {}).get("Idempotent-Replayed") == "true")',
        "return False",
        f"{_FAULTS}::test_the_refusal_that_stripe_keeps_under_a_key_is_not_taken_for_one_of_now",
    ),
)
