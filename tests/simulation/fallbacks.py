"""What must hold where another method takes the place of one that was declined: who has agreed, and each once."""

from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.stripe.wire import JsonObject

from .at_stripe import is_our_own


@dataclass(slots=True)
class Fallbacks:
    """Looks at each charge of the customers who have several methods."""

    complain: Callable[[str], None]
    agreed: dict[str, bool] = field(default_factory=dict)
    """By the `cus_…` of those who are looked at, whether another method may be charged."""
    defaults: dict[str, set[str]] = field(default_factory=dict)
    """What was ever the default of a customer: no fallback is needed to charge that."""
    charged_for: dict[tuple[str, str], str] = field(default_factory=dict)
    """Which payment charged a method that never was a default last, by the invoice and the method."""
    passing: set[str] = field(default_factory=set)
    """The payments that were declined for a reason that passes: the schedule charges the same method again."""

    def note_customer(self, customer: JsonObject) -> None:
        default = customer["invoice_settings"]["default_payment_method"]
        if default:
            self.defaults.setdefault(customer["id"], set()).add(default)

    def note_intent(self, intent: JsonObject) -> None:
        error = intent.get("last_payment_error") or {}
        if is_our_own(intent["metadata"]) and error.get("advice_code") == "try_again_later":
            self.passing.add(intent["metadata"]["lago_payment_id"])

    def charge(self, params: JsonObject) -> None:
        """Paystream charges, or another system does, which is left alone. A bank transfer charges no method."""
        metadata, customer = params.get("metadata") or {}, str(params.get("customer"))
        method = params.get("payment_method")
        is_looked_at = is_our_own(metadata) and customer in self.agreed and method is not None
        if not is_looked_at or method in self.defaults.get(customer, ()):
            return
        invoice_id, payment_id = metadata["lago_invoice_id"], metadata["lago_payment_id"]
        if not self.agreed[customer]:
            self.complain(f"invoice {invoice_id} is charged to {method}, and {customer} has not agreed")
        before = self.charged_for.get((invoice_id, str(method)), payment_id)
        self.charged_for[invoice_id, str(method)] = payment_id
        if before != payment_id and before not in self.passing:
            self.complain(f"invoice {invoice_id} is charged to {method} again after a decline")
