"""What there is at Stripe under the name of each invoice: kept up to date, so that nobody has to search."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sandbox.stripe.accounts import Account
from sandbox.stripe.gateway import Admitted, Gateway
from sandbox.stripe.store import Collection
from sandbox.stripe.wire import JsonObject

Seen = Callable[[JsonObject], None]

_CREATE_INTENT = "POST /v1/payment_intents"
_WAITS = ("requires_confirmation", "requires_action", "requires_capture")
_COMES_BACK = ("pending", "requires_action", "succeeded")


@dataclass(slots=True)
class AtStripe:
    """Intents, pages of the mode `payment` and refunds, of all accounts, by what they name or belong to."""

    intents: dict[str, dict[str, JsonObject]] = field(default_factory=dict)
    """By the id of the invoice that they name."""
    pages: dict[str, dict[str, JsonObject]] = field(default_factory=dict)
    """By the id of the invoice that they name."""
    refunds: dict[str, dict[str, JsonObject]] = field(default_factory=dict)
    """By the id of the intent whose money goes back."""
    received: dict[str, int] = field(default_factory=dict)
    """In minor units, by the id of the intent."""
    _page_of: dict[str, JsonObject] = field(default_factory=dict)

    def note_intent(self, intent: JsonObject) -> None:
        self.received[intent["id"]] = intent["amount_received"]
        invoice_id = intent["metadata"].get("lago_invoice_id")
        if invoice_id is not None:
            self.intents.setdefault(invoice_id, {})[intent["id"]] = intent

    def note_page(self, page: JsonObject) -> None:
        invoice_id = page["metadata"].get("lago_invoice_id")
        if invoice_id is not None and page["mode"] == "payment":
            self.pages.setdefault(invoice_id, {})[page["id"]] = page
        if page["payment_intent"]:
            self._page_of[page["payment_intent"]] = page

    def note_refund(self, refund: JsonObject) -> None:
        self.refunds.setdefault(refund["payment_intent"], {})[refund["id"]] = refund

    def all_of(self, invoice_id: str) -> list[JsonObject]:
        """Every intent that names the invoice, oldest first."""
        return list(self.intents.get(invoice_id, {}).values())

    def open_pages(self, invoice_id: str) -> list[JsonObject]:
        return [page for page in self.pages.get(invoice_id, {}).values() if page["status"] == "open"]

    def payable(self, invoice_id: str) -> Iterator[JsonObject]:
        """The intents that can still be confirmed or paid. Nobody can pay one that failed on a page that has ended; one
        of an open page is not meant, either: it ends with its page.
        """
        for intent in self.intents.get(invoice_id, {}).values():
            has_failed = intent["status"] == "requires_payment_method" and intent["id"] not in self._page_of
            if has_failed or (intent["status"] in _WAITS and not self._is_on_an_open_page(intent)):
                yield intent

    def on_its_way(self, invoice_id: str) -> Iterator[JsonObject]:
        return (intent for intent in self.intents.get(invoice_id, {}).values() if intent["status"] == "processing")

    def is_shown_on_page(self, intent: JsonObject) -> bool:
        """Whether it was chosen on a page: Stripe cancels none of those."""
        return intent["id"] in self._page_of

    def gone_back(self, intent_id: str, *, name: str = "") -> int:
        """In minor units; only what was asked for with such a name in its metadata, if one is given."""
        of_it = self.refunds.get(intent_id, {}).values()
        counted = (one for one in of_it if one["status"] in _COMES_BACK and (not name or name in one["metadata"]))
        return sum(one["amount"] for one in counted)

    def _is_on_an_open_page(self, intent: JsonObject) -> bool:
        page = self._page_of.get(intent["id"])
        return page is not None and page["status"] == "open"


def is_our_own(metadata: Mapping[str, Any]) -> bool:
    """Whether Paystream has named a payment of its own: not what another system collects in its name."""
    return "lago_payment_id" in metadata and "made_by" not in metadata


class Watched(Collection):
    """Objects of which every change is looked at."""

    def __init__(self, noun: str, param: str, indexed: Sequence[str], seen: Sequence[Seen]) -> None:
        super().__init__(noun, param, indexed)
        self._seen = tuple(seen)

    def add(self, item: JsonObject) -> JsonObject:
        return self._look_at(super().add(item))

    def change(self, item_id: str, without: Sequence[str] = (), **changes: Any) -> JsonObject:
        return self._look_at(super().change(item_id, without, **changes))

    def _look_at(self, item: JsonObject) -> JsonObject:
        for seen in self._seen:
            seen(item)
        return item


class WatchedGateway(Gateway):
    """Says with which parameters each charge is made, when it takes effect: one that was held back, too."""

    charged: Callable[[JsonObject], None]

    def execute(self, admitted: Admitted) -> Any:
        if admitted.endpoint.operation == _CREATE_INTENT and admitted.params.get("confirm"):
            self.charged(admitted.params)
        return super().execute(admitted)


def watch(account: Account, at_stripe: AtStripe, intent_seen: Seen, refund_seen: Seen, customer_seen: Seen) -> None:
    """Look at every change in an account that has nothing in it yet."""
    account.customers = Watched("customer", "id", ("email",), (customer_seen,))
    account.payment_intents = Watched("payment_intent", "intent", ("customer",), (at_stripe.note_intent, intent_seen))
    account.checkout_sessions = Watched(
        "checkout.session", "id", ("payment_intent", "customer"), (at_stripe.note_page,)
    )
    account.refunds = Watched("refund", "id", ("payment_intent", "charge"), (at_stripe.note_refund, refund_seen))
