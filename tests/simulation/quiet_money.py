"""What must hold of money when all is quiet: what is settled can be paid no more, and what came too much is known."""

from collections.abc import Iterator

from aws_in_memory.dynamodb.tables import Key
from aws_in_memory.dynamodb.values import Item
from sandbox.stripe.wire import JsonObject

from .at_stripe import is_our_own
from .money import Money
from .world import World


def money_complaints(world: World) -> Iterator[str]:
    """Each thing that is wrong, in words."""
    money, lost = world.invariants.money, _lost_in_disputes(world)
    for key, item in world.database.tables["InvoicesTable"].items():
        if "customer_key" in item and "problem" not in item:
            yield from _what_is_settled_is_closed(money, key, item)
            yield from _a_surplus_is_known(world, key, item, lost)
            yield from _what_is_paid_is_paid_in_full(money, key, item)


def _what_is_settled_is_closed(money: Money, key: Key, item: Item) -> Iterator[str]:
    """What was chosen on a page Stripe does not cancel: it is looked at for as long as it takes."""
    if item["payment_status"] != {"S": "succeeded"} and item["status"] != {"S": "voided"}:
        return
    for page in money.at_stripe.open_pages(key[1]):
        yield f"invoice {key} is settled, and its page {page['id']} is open"
    for intent in money.payable(key[1]):
        is_watched = money.at_stripe.is_shown_on_page(intent) and "due_at" in item
        if not is_watched:
            yield f"invoice {key} is settled, and its intent {intent['id']} is {intent['status']}"


def _what_is_paid_is_paid_in_full(money: Money, key: Key, item: Item) -> Iterator[str]:
    """In the currency in which it is owed now. Nobody in this world says that something was paid elsewhere."""
    if item["payment_status"] != {"S": "succeeded"}:
        return
    owed, currency = int(item["total_amount_cents"]["N"]), item["currency"]["S"].lower()
    intents = (one for one in money.at_stripe.all_of(key[1]) if one["currency"] == currency and _counts(money, one))
    came = money.by_hand[key[1]] + sum(one["amount_received"] for one in intents)
    if came < owed:
        yield f"invoice {key} is succeeded, and {came} of {owed} came"


def _a_surplus_is_known(world: World, key: Key, item: Item, lost: dict[str, int]) -> Iterator[str]:
    """Nobody pays more than is owed, but for what is on record with each payment that was notified."""
    intents = _paid(world.invariants.money, key)
    came = world.invariants.money.by_hand[key[1]] + sum(one["amount_received"] for one in intents)
    surplus = came - _went_back(world, intents, lost) - int(item["total_amount_cents"]["N"])
    if surplus <= 0:
        return
    if _is_to_go_back(world, key, item, intents):
        yield f"invoice {key} was paid {surplus} too much, and that has not gone back"
    said = int(item["total_paid_amount_cents"]["N"])
    if said < came:
        yield f"invoice {key} was paid {surplus} too much: {came} came, {said} are on record"
    for payment_id in _payments_nobody_was_notified_of(world, key):
        yield f"invoice {key} was paid {surplus} too much, and its payment {payment_id} was never notified"


def _paid(money: Money, key: Key) -> list[JsonObject]:
    return [one for one in money.at_stripe.all_of(key[1]) if one["status"] == "succeeded" and _counts(money, one)]


def _went_back(world: World, intents: list[JsonObject], lost: dict[str, int]) -> int:
    at_stripe = world.invariants.money.at_stripe
    return sum(at_stripe.gone_back(one["id"]) + lost.get(one["id"], 0) for one in intents)


def _payments_nobody_was_notified_of(world: World, key: Key) -> list[str]:
    payments = sorted(world.invariants.money.payments.get(key[1], ()))
    return [payment_id for payment_id in payments if not world.subscriber.keys("payment.succeeded", payment_id)]


def _is_to_go_back(world: World, key: Key, item: Item, intents: list[JsonObject]) -> bool:
    """By the setting of every account of the organization. Not what an item over less made too much, nor where a bank
    has taken money back, or would not take it.
    """
    money = world.invariants.money
    refunds = (one for intent in intents for one in money.at_stripe.refunds.get(intent["id"], {}).values())
    has_failed = any(one["status"] == "failed" for one in refunds) or _a_refund_has_failed(world, key)
    is_over_less = money.most_owed[key[1]] > int(item["total_amount_cents"]["N"])
    is_kept = has_failed or is_over_less or "payment_dispute_lost_at" in item
    return _goes_back_by_setting(world, key) and not is_kept


def _goes_back_by_setting(world: World, key: Key) -> bool:
    integrations = (one for of, one in world.database.tables["IntegrationsTable"].items() if of[0] == key[0])
    return all(one.get("refund_second_payments") == {"BOOL": True} for one in integrations)


def _a_refund_has_failed(world: World, key: Key) -> bool:
    """Whether that is on record: Stripe made none, because the key may not."""
    payments = (one for of, one in world.database.tables["PaymentsTable"].items() if of[0] == key[0])
    theirs = (one for one in payments if one["invoice_id"]["S"] == key[1])
    return any(
        refund["M"]["status"] == {"S": "failed"} for one in theirs for refund in one.get("refunds", {"L": []})["L"]
    )


def _counts(money: Money, intent: JsonObject) -> bool:
    """What another system collected, and no event brought, nobody can know."""
    return is_our_own(intent["metadata"]) or intent["id"] in money.on_record


def _lost_in_disputes(world: World) -> dict[str, int]:
    """What went back by a bank's decision, by the intent's id."""
    return {
        dispute["payment_intent"]: dispute["amount"]
        for account in world.stripe.accounts.values()
        for dispute in account.disputes
        if dispute["status"] == "lost"
    }
