"""Everything that can go wrong and is not an outcome of a payment.

A declined card is an outcome (`paystream.model.outcome`), never one of these.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime


class PaystreamError(Exception):
    """Ours; its text is fit for the caller: no secret, no card detail, no e-mail."""


class InvalidInputError(PaystreamError):
    """A value that was sent is not acceptable; `details` names the fields and Lago's code for each."""

    def __init__(self, details: Mapping[str, Sequence[str]]) -> None:
        super().__init__(f"not acceptable: {', '.join(sorted(details))}")
        self.details = {field: list(codes) for field, codes in details.items()}


class NotFoundError(PaystreamError):
    """There is no such thing in this organization. `resource` is Lago's name for it: `customer`, `invoice`."""

    def __init__(self, resource: str) -> None:
        super().__init__(f"{resource} not found")
        self.resource = resource


class NotAllowedError(PaystreamError):
    """The thing is in a state in which this cannot be done to it. `code` is Lago's, and says why."""

    def __init__(self, code: str) -> None:
        super().__init__(f"not allowed: {code}")
        self.code = code


class ConflictError(PaystreamError):
    """The request contradicts what is stored. `code` says how; if it `passes`, sending it again helps."""

    def __init__(self, code: str, message: str, *, passes: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.passes = passes


class SubscriptionRefusedError(PaystreamError):
    """The topic does not take a URL: it cannot be reached, or is of a form that is not taken."""


class ProviderRefusedError(PaystreamError):
    """Stripe refused a request for good, outside of a payment: the values were wrong, nothing was changed."""

    def __init__(self, message: str, *, code: str | None = None, param: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.param = param


class ResourceMissingError(ProviderRefusedError):
    """There is no such thing at Stripe."""


class KeyRefusedError(PaystreamError):
    """Stripe refused the API key (401) or the key lacks a permission (403): the operator has to act."""

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.code = code


class PermissionMissingError(KeyRefusedError):
    """Stripe takes the key (403 and not 401), which may not do this; it may do other things. `permissions` are the ids
    of those any one of which would do, and `account_id` is the key's account, where Stripe has named them.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        permissions: Sequence[str] = (),
        account_id: str | None = None,
    ) -> None:
        super().__init__(message, code=code)
        self.permissions = tuple(permissions)
        self.account_id = account_id


class ChargeRefusedError(KeyRefusedError):
    """Stripe refused a charge for a reason that is the operator's: the account, a type of payment method, a request of
    ours. Nothing was charged. `reach` and `what` say how far it goes, as `model.faults.Reach` does. One that
    `is_replayed` is what Stripe has kept under the idempotency key: it says nothing of this moment.
    """

    def __init__(
        self, message: str, *, code: str | None, reach: str, what: str | None = None, is_replayed: bool = False
    ) -> None:
        super().__init__(message, code=code)
        self.reach = reach
        self.what = what
        self.is_replayed = is_replayed


class NeedsAttentionError(KeyRefusedError):
    """The integration is paused for what is asked, because Stripe refused that, just now or before. `reach` and `what`
    are those of the pause; `was_refused`: a charge was sent just now, and refused.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str | None,
        payment_provider_code: str,
        integration_id: str,
        reach: str,
        what: str | None = None,
        was_refused: bool = False,
    ) -> None:
        super().__init__(message, code=code)
        self.payment_provider_code = payment_provider_code
        self.integration_id = integration_id
        self.reach = reach
        self.what = what
        self.was_refused = was_refused


class OutcomeUnknownError(PaystreamError):
    """Stripe may or may not have done it: time-out, lost connection, 409, 5xx, a body that broke off."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the outcome at Stripe is unknown: {reason}")
        self.reason = reason


class UnreadableObjectError(OutcomeUnknownError):
    """Something of Stripe's lacks what must be known of it. `object_id` is its id, if it has one, and `field` the name
    of what cannot be read.
    """

    def __init__(self, object_id: str | None, field: str) -> None:
        super().__init__(f"{field} of {object_id or 'an object'} cannot be read")
        self.object_id = object_id
        self.field = field


class ParametersChangedError(OutcomeUnknownError):
    """Stripe knows the idempotency key with other parameters, so an earlier request under it exists."""


class TooEarlyError(OutcomeUnknownError):
    """Nothing is wrong, but it must wait: do it at `try_again_at`, `seconds` from now."""

    def __init__(self, try_again_at: datetime, seconds: float, reason: str) -> None:
        super().__init__(f"{reason}; try again at {try_again_at.isoformat(timespec='seconds')}")
        self.try_again_at = try_again_at
        self.seconds = seconds


class RateLimitedError(TooEarlyError):
    """The account's rate limit at Stripe is reached.

    A kind of unknown outcome, because the request that was refused may have followed one that timed out.
    """

    def __init__(self, try_again_at: datetime, seconds: float) -> None:
        super().__init__(try_again_at, seconds, "its rate limit is reached")


class VersionConflictError(PaystreamError):
    """Someone else wrote the record first: read it again and decide again."""


class ContentionError(VersionConflictError):
    """Others kept writing the record, however often it was read again: try again later."""
