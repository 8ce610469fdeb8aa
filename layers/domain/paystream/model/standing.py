"""Where an invoice stands: exactly one stage, and the fields that say so.

Read docs/architecture.md for what leads from stage to stage. Only model/moves.py makes a `Standing`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class PaymentStatus(StrEnum):
    """Lago's `payment_status`. `SUCCEEDED` is final."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class InvoiceStatus(StrEnum):
    """Lago's `status`. What is `VOIDED` is owed no more, and stays so."""

    FINALIZED = "finalized"
    VOIDED = "voided"


class WaitingFor(StrEnum):
    """What a pending invoice waited for when it was last looked at, or a failed one waits for: when that comes, the
    invoice is collected. What is self-billed waits for `NOTHING`."""

    CUSTOMER = "customer"
    INTEGRATION = "integration"
    PROVIDER_CUSTOMER = "provider_customer"
    PAYMENT_METHOD = "payment_method"
    ANOTHER_PAYMENT_METHOD = "another_payment_method"
    KEY = "secret_key"
    REQUEST = "request"
    CHOSEN_PAYMENT_METHOD = "chosen_payment_method"
    NOTHING = "nothing"


class Stage(StrEnum):
    """Where the collection of an invoice is. Each stored invoice is in exactly one stage."""

    PARKED = "parked"
    WAITING = "waiting"
    IN_FLIGHT = "in_flight"
    PAGE_DUE = "page_due"
    PAGE_OPEN = "page_open"
    CUSTOMER_TO_ACT = "customer_to_act"
    SHOWN_ON_PAGE = "shown_on_page"
    RETRY_PLANNED = "retry_planned"
    AUTHENTICATION_LINK_DUE = "authentication_link_due"
    WAITS_FOR_ANOTHER_METHOD = "waits_for_another_method"
    GIVEN_UP = "given_up"
    SETTLING = "settling"
    PAID = "paid"
    VOIDED = "voided"


class ContradictionError(ValueError):
    """The fields of an invoice say two things at once. Nothing is decided from it."""


@dataclass(frozen=True, slots=True)
class _Shape:
    """What a stage's fields may be. `payment_status` is None where any may be; fields that are neither needed nor
    allowed must be absent.
    """

    meaning: str
    payment_status: PaymentStatus | None
    needs: frozenset[str] = frozenset()
    allows: frozenset[str] = frozenset()
    waiting_for: frozenset[WaitingFor | None] = frozenset({None})


_DUE = frozenset({"due_at"})
_CLAIM = frozenset({"claimed_until"})
_PLAN = frozenset({"next_retry_at", "planned_payment_method_id"})
_PAUSED = frozenset({None, WaitingFor.KEY})
_MAYBE_PAUSED = frozenset({"paused_integration_id"})
_MISSING = frozenset(WaitingFor) - {WaitingFor.ANOTHER_PAYMENT_METHOD}
_ANOTHER = frozenset({WaitingFor.ANOTHER_PAYMENT_METHOD})

_PENDING, _FAILED = PaymentStatus.PENDING, PaymentStatus.FAILED
_UNDER_WAY = _CLAIM | _PLAN | _MAYBE_PAUSED

SHAPES: Mapping[Stage, _Shape] = {
    Stage.PARKED: _Shape("the item cannot be collected as it is", None, allows=_DUE),
    Stage.WAITING: _Shape(
        "something is missing: customer, account, Stripe customer, payment method, key, or a request to collect it",
        _PENDING,
        needs=_DUE,
        allows=_UNDER_WAY,
        waiting_for=_MISSING,
    ),
    Stage.IN_FLIGHT: _Shape(
        "an attempt may have been sent, or Stripe is at work on it", _PENDING, _DUE, _UNDER_WAY, _PAUSED
    ),
    Stage.PAGE_DUE: _Shape("a page is on record and not made yet", _PENDING, _DUE, _UNDER_WAY, _PAUSED | _ANOTHER),
    Stage.PAGE_OPEN: _Shape("the customer can pay on a page of Stripe", _PENDING, _DUE, _UNDER_WAY, _PAUSED | _ANOTHER),
    Stage.CUSTOMER_TO_ACT: _Shape(
        "an intent waits for the customer and can be canceled", _PENDING, _DUE, _UNDER_WAY, _PAUSED
    ),
    Stage.SHOWN_ON_PAGE: _Shape(
        "a voucher or transfer was chosen on a page: Stripe cancels none of these", _PENDING, _DUE, _UNDER_WAY, _PAUSED
    ),
    Stage.RETRY_PLANNED: _Shape(
        "failed; the next attempt has a time",
        _FAILED,
        needs=_DUE | {"next_retry_at"},
        allows=_CLAIM | _PLAN,
        waiting_for=_ANOTHER | {None},
    ),
    Stage.AUTHENTICATION_LINK_DUE: _Shape(
        "failed; the customer has to authenticate, and a page follows", _FAILED, _DUE, _CLAIM, _ANOTHER
    ),
    Stage.WAITS_FOR_ANOTHER_METHOD: _Shape(
        "failed; what is on file was charged without success", _FAILED, frozenset(), _DUE | _CLAIM, _ANOTHER
    ),
    Stage.GIVEN_UP: _Shape("failed; nothing follows automatically", _FAILED, allows=_DUE | _CLAIM),
    Stage.SETTLING: _Shape("paid or voided, and work is left at Stripe", None, needs=_DUE),
    Stage.PAID: _Shape("paid, and no work is left", PaymentStatus.SUCCEEDED),
    Stage.VOIDED: _Shape("voided, and no work is left", None),
}

_OPEN = frozenset(stage for stage, shape in SHAPES.items() if shape.payment_status is PaymentStatus.PENDING)
_AFTER_FAILURE = frozenset(stage for stage, shape in SHAPES.items() if shape.payment_status is PaymentStatus.FAILED)
_ENDS = frozenset({Stage.SETTLING, Stage.PAID, Stage.VOIDED})
_STOPS = _ENDS | {Stage.PARKED}

LEADS_TO: Mapping[Stage, frozenset[Stage]] = {
    Stage.PARKED: frozenset({Stage.VOIDED, Stage.SETTLING}),
    # A page that is open waits for a key, too.
    Stage.WAITING: (_OPEN | _AFTER_FAILURE | _STOPS) - {Stage.WAITING},
    Stage.IN_FLIGHT: (_OPEN | _AFTER_FAILURE | _STOPS) - {Stage.IN_FLIGHT, Stage.PAGE_DUE},
    Stage.PAGE_DUE: frozenset({Stage.PAGE_OPEN, Stage.WAITING}) | _AFTER_FAILURE | _STOPS,
    Stage.PAGE_OPEN: frozenset({Stage.IN_FLIGHT, Stage.SHOWN_ON_PAGE, Stage.WAITING}) | _AFTER_FAILURE | _STOPS,
    Stage.CUSTOMER_TO_ACT: frozenset({Stage.IN_FLIGHT, Stage.WAITING}) | _AFTER_FAILURE | _STOPS,
    Stage.SHOWN_ON_PAGE: frozenset({Stage.IN_FLIGHT, Stage.WAITING}) | _AFTER_FAILURE | _STOPS,
    **{
        stage: frozenset({Stage.IN_FLIGHT, Stage.PAGE_DUE}) | (_AFTER_FAILURE - {stage}) | _STOPS
        for stage in _AFTER_FAILURE
    },
    Stage.SETTLING: frozenset({Stage.PAID, Stage.VOIDED}),
    Stage.PAID: frozenset({Stage.SETTLING}),
    Stage.VOIDED: frozenset({Stage.SETTLING}),
}
"""Which stage may follow which. An item that is replaced begins again."""

_OPTIONAL = ("due_at", "next_retry_at", "planned_payment_method_id", "paused_integration_id", "claimed_until")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """`due_at` is when the invoice is looked at again; where that is only to notify that it is overdue,
    `otherwise_due_at` is when it would be without. `next_retry_at` when a new attempt is to begin automatically,
    with `planned_payment_method_id` if it was planned. Both are kept while a page is open, for the time after.
    `waiting_for` names what brings the invoice up before it is due; `paused_integration_id` the integration whose
    secret key it waits for. Until `claimed_until` a function is collecting what had been waiting. All times are UTC.

    Raises ContradictionError.
    """

    stage: Stage
    payment_status: PaymentStatus
    status: InvoiceStatus = InvoiceStatus.FINALIZED
    due_at: datetime | None = None
    waiting_for: WaitingFor | None = None
    next_retry_at: datetime | None = None
    planned_payment_method_id: str | None = None
    paused_integration_id: str | None = None
    claimed_until: datetime | None = None
    otherwise_due_at: datetime | None = None

    def __post_init__(self) -> None:
        wrong = self._contradiction()
        if wrong:
            raise ContradictionError(f"an invoice that is {self.stage}: {wrong}")

    def _contradiction(self) -> str | None:
        shape = SHAPES[self.stage]
        for name in _OPTIONAL:
            is_set = getattr(self, name) is not None
            if name in shape.needs and not is_set:
                return f"{name} is missing"
            if is_set and name not in shape.needs and name not in shape.allows:
                return f"{name} is set"
        if self.waiting_for not in shape.waiting_for:
            return f"it waits for {self.waiting_for}"
        if (self.waiting_for is WaitingFor.KEY) is not (self.paused_integration_id is not None):
            return "it waits for a key of no integration, or not for the key of one"
        return self._contradiction_of_status(shape)

    def _contradiction_of_status(self, shape: _Shape) -> str | None:
        if shape.payment_status not in (None, self.payment_status):
            return f"payment_status is {self.payment_status}"
        is_voided = self.status is InvoiceStatus.VOIDED
        if is_voided and self.stage not in (Stage.VOIDED, Stage.SETTLING):
            return "status is voided"
        has_ended = is_voided or self.payment_status is PaymentStatus.SUCCEEDED
        if (self.stage is Stage.VOIDED and not is_voided) or (self.stage is Stage.SETTLING and not has_ended):
            return "it has not ended"
        return None
