"""What must hold of money after every step: no charge beside another way to pay, and never over what is not due."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from aws_in_memory.dynamodb.tables import Key
from aws_in_memory.dynamodb.values import Item
from sandbox.stripe.wire import JsonObject

from .at_stripe import AtStripe, is_our_own
from .fallbacks import Fallbacks


@dataclass(slots=True)
class Money:
    """Compares what is asked of Stripe with what is there and with what is owed."""

    complain: Callable[[str], None]
    at_stripe: AtStripe = field(default_factory=AtStripe)
    fallbacks: Fallbacks = field(init=False)
    invoices: dict[str, tuple[Key, Item]] = field(default_factory=dict)
    """As they were written last, by their own id."""
    totals: dict[str, set[int]] = field(default_factory=dict)
    """What each invoice was ever over, in minor units: a function that has read an item may charge over what it says,
    though the item is replaced in that moment.
    """
    most_owed: dict[str, int] = field(default_factory=dict)
    """In minor units, by the invoice's own id: an item that replaces another may be over less."""
    by_hand: Counter[str] = field(default_factory=Counter)
    on_record: set[str] = field(default_factory=set)
    """The intents that are known to have succeeded."""
    payments: dict[str, set[str]] = field(default_factory=dict)
    """The ids of the payments that brought something, by the invoice's own id."""

    def __post_init__(self) -> None:
        self.fallbacks = Fallbacks(self.complain)

    def note_invoice(self, key: Key, item: Item) -> None:
        self.invoices[key[1]] = key, item
        total = item.get("total_amount_cents", {}).get("N", "")
        if total.isdigit():
            self.totals.setdefault(key[1], set()).add(int(total))
            self.most_owed[key[1]] = max(int(total), self.most_owed.get(key[1], 0))

    def note_payment(self, key: Key, before: Item | None, after: Item) -> None:
        invoice_id = after["invoice_id"]["S"]
        if "attempt" not in after:
            self.by_hand[invoice_id] += _amount(after) - (_amount(before) if before else 0)
        elif after["payment_status"] != {"S": "succeeded"}:
            return
        elif "provider_payment_id" in after:
            self.on_record.add(after["provider_payment_id"]["S"])
        self.payments.setdefault(invoice_id, set()).add(key[1])

    def charge(self, params: JsonObject) -> None:
        """Paystream charges, or another system does, which is left alone."""
        self.fallbacks.charge(params)
        metadata = params.get("metadata") or {}
        invoice_id = metadata.get("lago_invoice_id", "")
        if not is_our_own(metadata) or invoice_id not in self.invoices:
            return
        key, item = self.invoices[invoice_id]
        for why in self._why_not_now(invoice_id):
            self.complain(f"invoice {key} is charged while {why}")
        came = self.by_hand[invoice_id] + sum(self.received(invoice_id))
        due = {total - came for total in self.totals[invoice_id]}
        if params["amount"] not in due:
            total = item["total_amount_cents"]["N"]
            self.complain(f"invoice {key} is charged {params['amount']}, due are {int(total) - came} of {total}")

    def _why_not_now(self, invoice_id: str) -> Iterator[str]:
        yield from self.left_open(invoice_id)
        yield from (f"its intent {intent['id']} is on its way" for intent in self.at_stripe.on_its_way(invoice_id))

    def received(self, invoice_id: str) -> Iterator[int]:
        """What came for an invoice at Stripe, in minor units: what another system collected counts if it is known."""
        for intent in self.at_stripe.all_of(invoice_id):
            if is_our_own(intent["metadata"]) or intent["id"] in self.on_record:
                yield intent["amount_received"]

    def watch_intent(self, intent: JsonObject) -> None:
        """Rule 1: at most one successful payment per invoice, but for what another system collects in its name, and
        what is owed since because a larger item replaced it.
        """
        self.fallbacks.note_intent(intent)
        invoice_id = intent["metadata"].get("lago_invoice_id")
        if intent["status"] != "succeeded" or not is_our_own(intent["metadata"]):
            return
        paid = [one for one in self.at_stripe.all_of(invoice_id) if _is_an_own_success(one)]
        if len(paid) > 1 and sum(one["amount_received"] for one in paid) > self.most_owed.get(invoice_id, 0):
            ids = " and ".join(one["id"] for one in paid)
            self.complain(f"invoice {invoice_id} was charged twice: {ids}")

    def look_at_settled(self, key: Key, invoice: Item) -> None:
        """What is paid or voided, and is not looked at again, must leave nothing behind that can be paid."""
        is_settled = invoice["payment_status"] == {"S": "succeeded"} or invoice["status"] == {"S": "voided"}
        if is_settled and "due_at" not in invoice and "problem" not in invoice:
            for what in self.left_open(key[1]):
                self.complain(f"invoice {key} is settled, and {what}")

    def left_open(self, invoice_id: str) -> Iterator[str]:
        """What of an invoice can still be paid at Stripe, in words."""
        yield from (f"its page {page['id']} is open" for page in self.at_stripe.open_pages(invoice_id))
        yield from (f"its intent {one['id']} is {one['status']}" for one in self.payable(invoice_id))

    def payable(self, invoice_id: str) -> Iterator[JsonObject]:
        """The intents of our own that can still be confirmed or paid."""
        return (one for one in self.at_stripe.payable(invoice_id) if is_our_own(one["metadata"]))

    def watch_refund(self, refund: JsonObject) -> None:
        """Stripe refuses what is over the rest. It does not here: who asks for it is to be seen."""
        intent_id = refund["payment_intent"]
        asked, paid = self.at_stripe.gone_back(intent_id, name="lago_refund_id"), self.at_stripe.received[intent_id]
        if asked > paid:
            self.complain(f"of intent {intent_id} {asked} go back, {paid} were paid")


def _is_an_own_success(intent: JsonObject) -> bool:
    return intent["status"] == "succeeded" and is_our_own(intent["metadata"])


def _amount(payment: Item) -> int:
    return int(payment["amount_cents"]["N"])
