"""What the tables and Stripe have to say of the same invoice when all is quiet."""

from paystream.model.invoice import Invoice
from paystream.model.manual_payment import ManualPayment
from paystream.model.notification import WebhookType
from paystream.model.outcome import CANCELED, PayableStatus
from paystream.model.standing import Stage

from model.invariants import received
from model.moves import is_success
from model.world.charges import UNPAID
from model.world.state import Intent, World, amount_of
from model.world.values import VALUES


def not_settled(world: World) -> str | None:
    """What the tables say otherwise than Stripe."""
    invoice = world.invoice
    if invoice is None:
        return "I6 the item is not taken in"
    if invoice.is_open and invoice.stage is not Stage.WAITING:
        return "I6 it is open, and looked at no more"
    return _wrong_at_stripe(world) or _wrong_sum(world, invoice) or _not_notified(world)


def _wrong_at_stripe(world: World) -> str | None:
    if any(one.status == "open" for one in world.stripe.sessions):
        return "I3 a page is open"
    wrong = (_wrong_about(world, number, intent) for number, intent in enumerate(world.stripe.intents))
    return next((one for one in wrong if one), None)


def _wrong_about(world: World, number: int, intent: Intent) -> str | None:
    if _is_known_by_its_event(world, intent):
        return None
    of_it = (one for one in world.attempts() if one.provider_payment_id == f"pi_{number}")
    recorded = [one.amount_cents for one in of_it if one.payment_status is PayableStatus.SUCCEEDED]
    if recorded != ([amount_of(intent.request)] if intent.status == "succeeded" else []):
        return f"I3 pi_{number} is {intent.status}, and the amounts on record of it are {recorded}"
    if intent.session is None and intent.status not in ("succeeded", CANCELED):
        return f"I3 pi_{number} is {intent.status}, and can still be paid"
    return None


def _wrong_sum(world: World, invoice: Invoice) -> str | None:
    paid, total = invoice.total_paid_amount_cents, invoice.total_amount_cents
    history = VALUES[world.history]
    if paid - world.recorded_cents not in (0, history.paid_elsewhere_cents):
        return f"I3 {paid} is paid by the invoice, {world.recorded_cents} by its payments"
    if invoice.is_owed and paid >= total:
        return "I3 it is paid, and does not say so"
    if is_success(invoice) and received(world) < total and "paid elsewhere" not in world.asked:
        return "I3 it says that it is paid, and is not"
    return None


def _is_known_by_its_event(world: World, intent: Intent) -> bool:
    """What another system makes is looked for until the invoice is settled, and so is what failed on a page."""
    was_spent = intent.session is not None and UNPAID in intent.statuses
    return intent.is_foreign or (was_spent and is_success(world.invoice))


def _not_notified(world: World) -> str | None:
    notes = (VALUES[one] for one in world.notified)
    notified = sorted(one.payment_id for one in notes if one.webhook_type == WebhookType.PAYMENT_SUCCEEDED)
    attempts = (one.lago_id for one in world.attempts() if one.payment_status is PayableStatus.SUCCEEDED)
    by_hand = (one.lago_id for one in world.records() if isinstance(one, ManualPayment))
    return None if notified == sorted((*attempts, *by_hand)) else "I4 each success, and nothing else, is notified once"
