"""The one table that says what Stripe's errors mean.

Source: https://docs.stripe.com/error-handling and https://docs.stripe.com/error-low-level
"""

import re
from collections.abc import Iterator, Sequence
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
_PERMISSION = re.compile(r"rak_[a-z0-9_]{1,80}")
_ACCOUNT = re.compile(r"on account '(acct_[A-Za-z0-9]{1,80})'")
_MOST_PERMISSIONS = 10


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
        return _permission_missing(error, code)
    if isinstance(error, stripe.AuthenticationError):
        return KeyRefusedError("Stripe does not accept the key; connect the integration with a valid one", code=code)
    if isinstance(error, _REFUSED):
        kind = ResourceMissingError if code == "resource_missing" else ProviderRefusedError
        return kind(without_email(error.user_message or "refused"), code=code, param=details.param if details else None)
    return OutcomeUnknownError(f"{type(error).__name__}, HTTP status {error.http_status}, code {code}")


def _permission_missing(error: stripe.StripeError, code: str | None) -> PermissionMissingError:
    """Stripe names what would do and whose key it is: "The provided key 'rk_…' does not have the required permissions
    for this endpoint on account 'acct_…'. Having the 'rak_…' permission would allow this request to continue."

    Source: https://github.com/tylerjrichards/st-paywall/issues/36; nothing else of the text is kept.
    """
    said = error.user_message or ""
    permissions = _PERMISSION.findall(said)[:_MOST_PERMISSIONS]
    account = _ACCOUNT.search(said)
    return PermissionMissingError(
        f"the key lacks a permission{_which(permissions)}; allow it at https://dashboard.stripe.com/apikeys, or "
        "connect the integration with another key",
        code=code,
        permissions=permissions,
        account_id=account[1] if account else None,
    )


def _which(permissions: Sequence[str]) -> str:
    return f" ({permissions[0]})" if permissions else ""
