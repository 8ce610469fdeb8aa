"""Guards against what others say: Stripe's news of disputes, answers that lack something, items that look like ours."""

from .mutant import FUNCTIONS, Mutant

_DISPUTES = f"{FUNCTIONS}/test_disputes.py::TestAnEndThatAnAppealTurns"
_ANSWERS = f"{FUNCTIONS}/test_what_stripe_leaves_out.py::TestAnswersThatLackSomething"
_DELETED = f"{FUNCTIONS}/test_customers_deleted_at_stripe.py::TestItsInvoices"
_LOOKALIKES = f"{FUNCTIONS}/test_items_that_are_not_ours.py::TestALookalike"


def _mutant(name: str, path: str, text: str, replacement: str, killer: str) -> Mutant:
    return Mutant(name=name, path=path, text=text, replacement=replacement, killers=(killer,))


OF_OUTSIDERS = (
    _mutant(
        "An older word on a dispute counts when it comes late",
        "model/dispute.py",
        "if known and not _is_later(known, dispute, said_at):",
        "if known and known.status == dispute.status:",
        f"{_DISPUTES}::test_stays_turned_when_the_older_event_comes_late",
    ),
    _mutant(
        "Money that a bank has given back is too much for ever",
        "model/dispute.py",
        "if known and _comes_back(known, kept, invoice):",
        "if False:",
        f"{_DISPUTES}::test_from_lost_to_won_sends_a_second_payment_back_that_was_kept",
    ),
    _mutant(
        "A charge of ours that cannot be read is taken for absent",
        "adapters/stripe/fields.py",
        "if is_ours(one):",
        "if False:",
        f"{_ANSWERS}::test_bring_no_second_charge_where_they_bear_the_name_of_ours",
    ),
    _mutant(
        "What a deleted customer has paid was never sent where Stripe does not list it",
        "adapters/stripe/gateway.py",
        "            listed = self._listed_intents(since)\n",
        "            listed = ()\n",
        f"{_DELETED}::test_that_were_charged_without_an_answer_are_found_and_not_charged_again",
    ),
    _mutant(
        "A deleted customer leaves no former link",
        "steps/customers/forget_dead_customer.py",
        "gone = with_former_link(customer, begin_creation(alone, now) if is_made_again else alone, now)",
        "gone = begin_creation(alone, now) if is_made_again else alone",
        f"{_DELETED}::test_that_were_charged_without_an_answer_are_found_and_not_charged_again",
    ),
    _mutant(
        "An item without a version is ours",
        "adapters/dynamodb/invoice_items.py",
        'return "N" in item.get("version", {}) and has_our_key(item)',
        "return has_our_key(item)",
        f"{_LOOKALIKES}::test_is_in_no_list_while_it_is_not_taken_in",
    ),
    _mutant(
        "An item is ours whatever key it has",
        "adapters/dynamodb/invoice_items.py",
        'return _text(entry, "customer_key") == customer_key(organization_id, external_customer_id)',
        'return "customer_key" in entry',
        f"{_LOOKALIKES}::test_is_in_no_list_while_it_is_not_taken_in",
    ),
)
