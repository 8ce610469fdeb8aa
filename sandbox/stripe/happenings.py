"""What happens at Stripe without a request of ours: customers, banks and card networks act."""

from typing import TYPE_CHECKING, Any

from .accounts import Account
from .context import Context
from .declines import DECLINES
from .resources import card_updater, cash_balances, checkout_completion, disputes, settlement
from .wire import JsonObject

if TYPE_CHECKING:
    from .engine import StripeSandbox


class Happenings:
    """Of one sandbox. Every method is safe to call from any thread; unknown ids raise `KeyError`."""

    def __init__(self, sandbox: "StripeSandbox") -> None:
        self._sandbox = sandbox

    def complete_checkout(self, session_id: str, payment_method: str, *, authenticates: bool = True) -> JsonObject:
        """What the page's button does. Raises `ApiError` 402 for a decline."""
        with self._sandbox.lock:
            context = self._context(session_id)
            return checkout_completion.complete(context, session_id, payment_method, authenticates=authenticates)

    def fund_customer_balance(self, customer_id: str, amount: int, currency: str) -> None:
        """A bank transfer of a customer arrives, in minor units; it pays what waits for it."""
        with self._sandbox.lock:
            cash_balances.fund(self._context(customer_id), customer_id, amount, currency)

    def authenticate(self, intent_id: str, *, succeeds: bool = True) -> JsonObject:
        """The customer passes or fails the 3-D Secure that an intent in `requires_action` asks for."""
        with self._sandbox.lock:
            return settlement.authenticate(self._context(intent_id), intent_id, succeeds=succeeds)

    def delete_intent(self, intent_id: str) -> None:
        """It is gone with the test data that its account deletes: nothing of it can be retrieved, listed or canceled.

        Personal data that is redacted is as inaccessible: https://docs.stripe.com/privacy/redaction
        """
        with self._sandbox.lock:
            self._owner(intent_id).payment_intents.delete(intent_id)

    def set_outcome(self, payment_method: str, outcome: str | None) -> None:
        """How charges of this payment method end from now on: a name in `cards.DECLINES`; None: as its card says."""
        with self._sandbox.lock:
            decline = DECLINES[outcome] if outcome else None
            self._owner(payment_method).methods[payment_method].decline = decline

    def review_dispute(self, dispute_id: str) -> JsonObject:
        """Evidence was sent: the dispute is under review."""
        with self._sandbox.lock:
            return disputes.review(self._context(dispute_id), dispute_id)

    def close_dispute(self, dispute_id: str, status: str) -> JsonObject:
        """`won` or `lost`."""
        if status not in ("won", "lost"):
            raise ValueError(f"a dispute is won or lost, not {status}")
        with self._sandbox.lock:
            return disputes.close(self._context(dispute_id), dispute_id, status)

    def offer_appeal(self, dispute_id: str) -> JsonObject:
        """The bank has decided against the merchant, who may appeal."""
        with self._sandbox.lock:
            return disputes.offer_appeal(self._context(dispute_id), dispute_id)

    def appeal_dispute(self, dispute_id: str) -> JsonObject:
        """The merchant has appealed, and the card network looks at it; `close_dispute` says how it ends."""
        with self._sandbox.lock:
            return disputes.appeal(self._context(dispute_id), dispute_id)

    def update_card(self, payment_method: str, **card: Any) -> JsonObject:
        """The card network has brought a new expiry date, or a new number. An outcome that was set holds no longer."""
        with self._sandbox.lock:
            return card_updater.update_automatically(self._context(payment_method), payment_method, card)

    def _context(self, object_id: str) -> Context:
        return Context(self._sandbox.world, self._owner(object_id))

    def _owner(self, object_id: str) -> Account:
        for account in self._sandbox.accounts.values():
            if account.find(object_id) is not None:
                return account
        raise KeyError(object_id)
