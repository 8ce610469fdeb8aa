"""The one table that says what Stripe's errors mean.

Source: https://docs.stripe.com/error-handling and https://docs.stripe.com/error-low-level
"""

from collections.abc import Iterator
from contextlib import contextmanager

import stripe

from paystream.adapters.stripe.intents import without_email
from paystream.errors import (
    KeyRefusedError,
    OutcomeUnknownError,
    ParametersChangedError,
    PaystreamError,
    PermissionMissingError,
    ProviderRefusedError,
    ResourceMissingError,
)

_REFUSED = (stripe.CardError, stripe.InvalidRequestError)


@contextmanager
def translated() -> Iterator[None]:
    """Errors of the Stripe library leave as ours. What is not known to be a refusal is unknown, never a failure.

    They are the context of ours and not its cause: no traceback shows their text, which may hold a key or an e-mail.
    """
    try:
        yield
    except stripe.StripeError as error:
        raise _meaning(error) from None


def _meaning(error: stripe.StripeError) -> PaystreamError:
    details = error.error
    code = details.code if details else None
    if isinstance(error, stripe.IdempotencyError):
        return ParametersChangedError("the idempotency key is known with other parameters")
    if isinstance(error, stripe.PermissionError):
        return PermissionMissingError("the key lacks a permission; connect the integration with a valid one", code=code)
    if isinstance(error, stripe.AuthenticationError):
        return KeyRefusedError("Stripe does not accept the key; connect the integration with a valid one", code=code)
    if isinstance(error, _REFUSED):
        kind = ResourceMissingError if code == "resource_missing" else ProviderRefusedError
        return kind(without_email(error.user_message or "refused"), code=code, param=details.param if details else None)
    return OutcomeUnknownError(f"{type(error).__name__}, HTTP status {error.http_status}, code {code}")
