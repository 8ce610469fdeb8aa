"""What can be done next about an invoice: one type a step, with what performing it takes."""

from dataclasses import dataclass
from datetime import datetime

from paystream.model.case import Payer
from paystream.model.customer import Customer
from paystream.model.integration import Integration
from paystream.model.outcome import Outcome
from paystream.model.payment import Payment
from paystream.model.standing import WaitingFor


@dataclass(frozen=True, slots=True)
class Restore:
    """Give an invoice whose item was replaced its state back."""

    customer: Customer


@dataclass(frozen=True, slots=True)
class Retrieve:
    """Ask Stripe what has become of an intent."""

    attempt: Payment
    customer: Customer


@dataclass(frozen=True, slots=True)
class Close:
    """See to it at Stripe that nothing can come of an attempt any more, or learn what did."""

    attempt: Payment
    customer: Customer


@dataclass(frozen=True, slots=True)
class ResumeCreation:
    """Create the customer at Stripe, which was begun."""

    customer: Customer


@dataclass(frozen=True, slots=True)
class LookUpFirstAttempt:
    """Look for a first attempt that is not on record, wherever it can have been sent; also for a customer
    of an item that this one replaced."""

    customer: Customer | None


@dataclass(frozen=True, slots=True)
class AskForMethod:
    """Ask Stripe for the customer's payment method."""

    customer: Customer


@dataclass(frozen=True, slots=True)
class RetrieveSpent:
    """Ask Stripe whether a payment that failed on a page was confirmed after all."""

    attempt: Payment
    customer: Customer


@dataclass(frozen=True, slots=True)
class CloseOthers:
    """Cancel what other systems have begun under the invoice's name and nobody has paid."""

    latest: Payment


@dataclass(frozen=True, slots=True)
class SendBack:
    """Put a refund on record of what came beyond what is owed, in minor units, where the account's setting says so."""

    payment: Payment
    amount_cents: int


@dataclass(frozen=True, slots=True)
class LookAtRefunds:
    """Send, or look up, each refund that is under way."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Let nobody pay by hand, or collect, what had been waiting and is about to be charged."""


@dataclass(frozen=True, slots=True)
class Reopen:
    """Go on with an attempt that was never sent, or whose outcome is not known."""


@dataclass(frozen=True, slots=True)
class Begin:
    """Put the next attempt on record."""

    after: Payment
    payer: Payer


@dataclass(frozen=True, slots=True)
class BeginChosen:
    """Put the first attempt on record, with the method that was chosen for it, if the customer has that."""

    payer: Payer


@dataclass(frozen=True, slots=True)
class BeginAgain:
    """Put an attempt that was never at Stripe on record for who pays now, over what is due now."""

    attempt: Payment
    payer: Payer


@dataclass(frozen=True, slots=True)
class BeginPage:
    """Put a page on record that follows a failure."""

    payer: Payer


@dataclass(frozen=True, slots=True)
class EndPlan:
    """Nothing follows automatically any more; who waits for it is notified with the code. `until` is when the invoice
    is looked at again, if not as others of its stage.
    """

    code: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rest:
    """There is nothing to do until then; never, if it is None."""

    until: datetime | None


@dataclass(frozen=True, slots=True)
class NotifyOverdue:
    """Notify that it should have been paid. Nothing else is to be done before `until`; now, if it is None."""

    until: datetime | None


@dataclass(frozen=True, slots=True)
class EndWithoutPayment:
    """Nothing is owed."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Go on waiting for an account that takes no charge of these types of payment methods now."""

    integration: Integration
    types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wait:
    """Remember what is missing, so that the invoice is found when that comes."""

    reason: WaitingFor


@dataclass(frozen=True, slots=True)
class LookAtPage:
    """Make, read or expire the page of an open payment link."""

    attempt: Payment
    payer: Payer


@dataclass(frozen=True, slots=True)
class LookUp:
    """Look for an attempt that may have been sent, before a rule of ours refuses it. It counts from that time on."""

    attempt: Payment
    payer: Payer
    not_before: datetime


@dataclass(frozen=True, slots=True)
class Refuse:
    """A rule of ours refuses the attempt before it is sent."""

    attempt: Payment
    payer: Payer
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Charge:
    """Send the attempt, or look it up where sending might charge again."""

    attempt: Payment
    payer: Payer


AttemptStep = Restore | Retrieve | Close | LookUp | Refuse | Charge | LookAtPage
"""About an attempt: each ends in an outcome, or in the knowledge that nothing came of it."""

SearchStep = ResumeCreation | LookUpFirstAttempt | AskForMethod | RetrieveSpent | CloseOthers | SendBack | LookAtRefunds
"""What Stripe may know and the invoice does not."""

RecordStep = (
    Claim
    | Reopen
    | Begin
    | BeginChosen
    | BeginAgain
    | BeginPage
    | EndPlan
    | Rest
    | NotifyOverdue
    | EndWithoutPayment
    | Hold
    | Wait
)
"""What is written down without an answer of Stripe."""

Step = AttemptStep | SearchStep | RecordStep
