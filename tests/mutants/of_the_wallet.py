"""Guards of the wallet: whose methods are charged, which, and how often (docs/payment-life.md)."""

from .mutant import FUNCTIONS, Mutant

_BEFORE = f"{FUNCTIONS}/test_declined_before.py"
_FALLBACK = f"{FUNCTIONS}/test_fallback_payment_methods.py"


def _mutant(name: str, path: str, text: str, replacement: str, killer: str) -> Mutant:
    return Mutant(name=name, path=path, text=text, replacement=replacement, killers=(killer,))


OF_THE_WALLET = (
    _mutant(
        "Another method is charged without the customer's consent",
        "model/rules/fallback.py",
        "return is_allowed and customer is not None and customer.fallback_consent is not None",
        "return is_allowed",
        f"{_FALLBACK}::TestNoOtherMethodIsCharged::test_without_the_setting_and_the_consent[the consent]",
    ),
    _mutant(
        "Another method is charged after the consent was withdrawn",
        "model/rules/beginning.py",
        "    if _is_not_agreed_any_more(case):",
        "    if False:",
        f"{_FALLBACK}::TestNoOtherMethodIsCharged::test_once_the_consent_was_withdrawn_though_it_was_planned",
    ),
    _mutant(
        "What took another method's place is tried again after the consent was withdrawn",
        "model/rules/fallback.py",
        "return not charged or charged[-1].method_origin is MethodOrigin.FALLBACK",
        "return not charged",
        f"{_FALLBACK}::TestNoOtherMethodIsCharged::"
        "test_once_the_consent_was_withdrawn_though_it_was_declined_before_and_is_to_be_tried_again[the consent]",
    ),
    _mutant(
        "An attempt on record charges another method after the consent was withdrawn",
        "model/rules/charging.py",
        "return not_agreed() if _is_not_agreed(attempt, payer) else",
        "return",
        f"{_FALLBACK}::TestNoOtherMethodIsCharged::"
        "test_once_the_consent_was_withdrawn_though_the_attempt_is_on_record[the consent]",
    ),
    _mutant(
        "An attempt that begins again charges the default, which was declined",
        "use_cases/collecting/begin_chosen.py",
        "payer = with_method_of(case, payer, attempt) if chosen is None else with_chosen_method(case, payer, run)",
        "payer = payer if chosen is None else with_chosen_method(case, payer, run)",
        f"{_FALLBACK}::TestAHardDecline::test_goes_on_to_the_same_method_once_the_account_takes_charges_again",
    ),
    _mutant(
        "The same card is charged again under another id",
        "model/rules/fallback.py",
        "and one.card not in cards",
        "and True",
        "tests/unit/rules/test_fallback.py::TestWhichIsCharged::test_none_that_is_the_same_card",
    ),
    _mutant(
        "A card that is gone is charged for the next invoice",
        "model/rules/charging.py",
        "    if declined:\n        return refused_as_declined(declined)\n",
        "",
        f"{_BEFORE}::TestTheNextInvoice::test_that_was_not_sent_counts_for_no_card",
    ),
    _mutant(
        "What was charged while a decline was written is refused because of that",
        "model/attempts.py",
        "    if declined is not None and declined.declined_at[-1] + LONGEST_REQUEST > began_at:",
        "    if False:",
        f"{_BEFORE}::TestAnAttemptThatMayHaveBeenSent::test_is_looked_up_before_it_is_refused",
    ),
    _mutant(
        "A method that is gone is a failure, though the customer has another default",
        "use_cases/collecting/perform.py",
        "        if outcome.is_method_gone:",
        "        if False:",
        f"{FUNCTIONS}/test_methods_that_are_gone.py::test_the_default_of_now_is_charged_and_no_failure_is_notified",
    ),
    _mutant(
        "What has just paid on a page takes the place of a default that was chosen since",
        "use_cases/stripe_events/default_at_stripe.py",
        "    if current in (None, *(one.payment_method_id for one in ours)):",
        "    if True:",
        f"{FUNCTIONS}/test_paid_on_a_page.py::test_another_default_that_was_chosen_since_stays",
    ),
)
