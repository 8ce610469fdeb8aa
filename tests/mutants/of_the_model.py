"""Guards whose absence the search of the product shows (tests/model): whatever else would notice, it breaks an
invariant there.
"""

from .mutant import Mutant

_SEARCH = "tests/model/test_model.py::test_nothing_breaks"


def _mutant(name: str, path: str, text: str, replacement: str, scenario: str) -> Mutant:
    killer = f"{_SEARCH}[{scenario.replace(' ', '_')}]"
    return Mutant(name=name, path=path, text=text, replacement=replacement, killers=(killer,))


OF_THE_MODEL = (
    _mutant(
        "Each try to charge has an idempotency key of its own",
        "steps/attempts/send_attempt.py",
        "        key=payment.idempotency_key,\n",
        '        key=f"{payment.lago_id} {payment.unknown_tries}",\n',
        "a new item",
    ),
    _mutant(
        "A key is trusted for ever (in the model)",
        "model/attempts.py",
        "return now - started_at(invoice, attempt) > KEY_IS_SAFE_FOR or attempt.unknown_tries",
        "return attempt.unknown_tries",
        "one attempt over a day",
    ),
    _mutant(
        "However many tries had no answer, nothing is looked up before 23 hours",
        "model/attempts.py",
        " or attempt.unknown_tries >= LOOK_UP_AFTER_TRIES",
        "",
        "saved errors",
    ),
    _mutant(
        "A success that is heard again counts again",
        "model/settlement.py",
        "        case PayableStatus.SUCCEEDED:\n            return False",
        "        case PayableStatus.SUCCEEDED:\n            return outcome.status is not PayableStatus.SUCCEEDED",
        "a retry is asked for",
    ),
    _mutant(
        "An item that replaces another one is as young as it was put",
        "use_cases/collecting/take_in_invoice.py",
        "attempt_started_at=min(seen_at, former.taken_in_at or seen_at)",
        "attempt_started_at=put_at",
        "the item is replaced",
    ),
    _mutant(
        "The attempt before is not closed when a new one begins (in the model)",
        "model/rules/closing.py",
        "return [one for one in case.attempts if one.is_to_be_closed]",
        "return []",
        "an attempt that may fail",
    ),
    _mutant(
        "A failure without an intent counts as closed without a look-up",
        "steps/attempts/close_attempt.py",
        "        intent_id = found.intent_id if found else None\n    return gateway",
        "        intent_id = None\n    return gateway",
        "an attempt that may fail",
    ),
    _mutant(
        "The ten minutes are not outwaited (in the model)",
        "steps/pages/payment_link.py",
        "if now < quiet_at:",
        "if False:",
        "a refusal without an intent",
    ),
    _mutant(
        "The last failure is looked at no more",
        "model/settlement.py",
        "due_at=now if is_linked else now + FAILED_IS_CLOSED_AFTER",
        "due_at=now if is_linked else None",
        "an attempt that may fail",
    ),
    _mutant(
        "An invoice whose item was replaced does not get its state back",
        "model/next_step.py",
        "    restore,\n    notify_overdue,",
        "    notify_overdue,",
        "the item is replaced",
    ),
    _mutant(
        "An attempt with an open page is charged",
        "model/rules/charging.py",
        "if attempt.is_open_payment_link:",
        "if False:",
        "a page",
    ),
    _mutant(
        "A payment link's page is not expired before a charge (in the model)",
        "steps/pages/payment_link.py",
        "session = gateway.checkout.expire_link(session.id) or session",
        "return expired_link()",
        "a page follows a failure",
    ),
    _mutant(
        "What looked like another system's is recorded though another function wrote meanwhile",
        "steps/attempts/record_outcome.py",
        "            if not decides_again:\n                raise\n",
        "",
        "a retry is asked for",
    ),
    _mutant(
        "The total is charged instead of what is due (in the model)",
        "model/attempts.py",
        "amount_cents=invoice.total_due_amount_cents,",
        "amount_cents=invoice.total_amount_cents,",
        "the item is replaced, over more",
    ),
    _mutant(
        "An invoice's own attempt stays open when it is paid by hand (in the model)",
        "use_cases/invoices/record_manual_payment.py",
        "return move(paid, Stage.PAID, due_at=look_at_last_attempt_at(last, now), now=now)",
        "return move(paid, Stage.PAID, now=now)",
        "all is paid by hand",
    ),
)
