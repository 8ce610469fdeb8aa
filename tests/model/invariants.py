"""What must hold of each step, and of each state."""

from paystream.model.invoice import Invoice
from paystream.model.notification import WebhookType
from paystream.model.outcome import CANCELED, PayableStatus

from model.functions import RUNNING
from model.moves import Step, is_documented, is_success
from model.world.charges import UNPAID
from model.world.state import Intent, World, amount_of, payment_named
from model.world.values import VALUES


def broken(before: World, step: Step) -> str | None:
    """What the step breaks, in words; None if all holds."""
    after = step.world
    wrong = _ended(after, step.ended) if step.ended is not None else None
    if before.item != after.item and before.puts == after.puts:
        wrong = wrong or _final(before.invoice, after.invoice)
    if before.stripe is not after.stripe:
        wrong = wrong or _begun(before, after) or _received(after)
    if before.notified is not after.notified:
        wrong = wrong or _notified(after)
    return wrong


def _ended(world: World, ended: int) -> str | None:
    running = RUNNING[ended]
    if not is_documented(running.raised):
        return f"an error that nobody expects: {running.raised!r}"
    return _event_was_lost(world, ended)


def _final(before: Invoice | None, after: Invoice | None) -> str | None:
    if is_success(before) and not is_success(after):
        return "I2 succeeded is final"
    if before and after and after.attempt < before.attempt:
        return "I7 an older attempt never overwrites a newer one"
    if after and after.is_open and after.due_at is None:
        return "I5 whatever is open has a due time"
    return None


def _event_was_lost(world: World, ended: int) -> str | None:
    running = RUNNING[ended]
    if running.start.kind != "event" or running.raised:
        return None
    outcome = VALUES[running.start.about].outcome
    if outcome.status is not PayableStatus.SUCCEEDED:
        return None
    on_record = [
        one
        for one in world.attempts()
        if one.provider_payment_id == outcome.intent_id and one.payment_status is PayableStatus.SUCCEEDED
    ]
    if not on_record:
        return "I8 a success whose event was taken is on record and notified"
    return None


def _begun(before: World, after: World) -> str | None:
    """What must be so when an intent, or a page, is made by a request of ours."""
    stripe = before.stripe
    pages = after.stripe.sessions[len(stripe.sessions) :]
    charges = (one for one in after.stripe.intents[len(stripe.intents) :] if one.session is None and not one.is_foreign)
    begun = [*((one.request, True) for one in pages), *((one.request, False) for one in charges)]
    wrong = (_may_begin(before, request, is_page=is_page) for request, is_page in begun)
    return next((one for one in wrong if one), None)


def _may_begin(before: World, request: int, *, is_page: bool) -> str | None:
    """A person may end an invoice while its page is on record and not made yet: that is closed later."""
    if any(session.status == "open" for session in before.stripe.sessions):
        return "I1 nothing is begun while a page is open"
    status = _status_of_what_can_be_paid(before)
    if status:
        return f"I1 nothing is begun while another intent may be paid, which is {status}"
    invoice = before.invoice
    if invoice and not invoice.is_owed and not (is_page and before.asked):
        return "I1 nothing is charged that is not owed"
    if before.puts == 0 and amount_of(request) != before.most_cents - _foreseeable(before):
        return "I1 what is charged is what is due"
    return None


def _status_of_what_can_be_paid(world: World) -> str | None:
    return next((one.status for one in world.stripe.intents if not one.is_foreign and can_be_paid(one)), None)


def can_be_paid(intent: Intent) -> bool:
    """Whether money may come of it, and it could be closed: Stripe cancels no intent of a page."""
    if intent.session is not None:
        return intent.status == "processing" and UNPAID not in intent.statuses
    return intent.status not in ("succeeded", CANCELED)


def received(world: World) -> int:
    """What has come at Stripe and by hand, in minor units."""
    return (
        sum(amount_of(one.request) for one in world.stripe.intents if one.status == "succeeded") + world.by_hand_cents
    )


def _foreseeable(world: World) -> int:
    """The same, without what other systems collect, and without what failed on a page that is complete, and was
    confirmed all the same: nobody can close that.
    """
    at_stripe = sum(amount_of(one.request) for one in world.stripe.intents if _is_foreseeable(one))
    return at_stripe + world.by_hand_cents


def _is_foreseeable(intent: Intent) -> bool:
    was_spent = intent.session is not None and UNPAID in intent.statuses
    return intent.status == "succeeded" and not intent.is_foreign and not was_spent


def _received(world: World) -> str | None:
    """Where a person pays by hand, the attempt that failed is closed a little later: it can be paid until then."""
    by_hand = world.by_hand_cents
    most = world.most_cents + min(by_hand, world.most_cents)
    return "I1 no more is collected than is owed" if _foreseeable(world) > most else None


def _notified(world: World) -> str | None:
    failures: set[str] = set()
    for number in world.notified:
        note = VALUES[number]
        if note.webhook_type == WebhookType.INVOICE_PAYMENT_FAILURE and note.payment_id:
            if note.payment_id in failures:
                return "I4 each failed attempt is notified once"
            failures.add(note.payment_id)
            if not _has_failed(world, note.payment_id):
                return "I4 nothing but a failure is notified as one"
    return None


def _an_intent_has_failed(intents: tuple[Intent, ...], payment_id: str) -> bool:
    return any({UNPAID, CANCELED} & {*one.statuses} for one in intents if payment_named(one.request) == payment_id)


def _has_failed(world: World, payment_id: str) -> bool:
    stripe = world.stripe
    if payment_id in stripe.refused or _an_intent_has_failed(stripe.intents, payment_id):
        return True
    is_link = any(one.lago_id == payment_id and one.link for one in world.attempts())
    pages = (one.status for one in stripe.sessions if payment_named(one.request) == payment_id)
    return is_link and "open" not in pages
