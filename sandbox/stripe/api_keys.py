"""API keys and what they may do: https://docs.stripe.com/keys."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass

from .errors import ApiError

_DOCS = "See https://stripe.com/docs/api#authentication for details, or we can help at https://support.stripe.com/."


@dataclass(slots=True)
class ApiKey:
    """A secret (`sk_`), restricted (`rk_`) or publishable (`pk_`) key; only `rk_` keys are limited by permissions."""

    value: str
    account_id: str
    permissions: frozenset[str] = frozenset()
    expires_at: float | None = None

    def require(self, permission: str) -> None:
        """Raises `ApiError` 403 unless the key may do this; a `_write` permission includes reading."""
        if not self.value.startswith("rk_") or permission in self.permissions:
            return
        if permission.replace("_read", "_write") in self.permissions:
            return
        raise ApiError(
            403,
            f"The provided key '{_mask(self.value, tail=6)}' does not have the required permissions for this endpoint "
            f"on account '{self.account_id}'. Having the '{permission}' permission would allow this request to "
            "continue.",
        )


class ApiKeys:
    """Every key of every account."""

    def __init__(self) -> None:
        self._keys: dict[str, ApiKey] = {}

    def add(self, key: ApiKey) -> ApiKey:
        self._keys[key.value] = key
        return key

    def expire(self, value: str, at: float) -> None:
        """From that time on the key is refused, as one that was rolled, revoked or deleted is."""
        self._keys[value].expires_at = at

    def permit(self, value: str, permissions: frozenset[str]) -> None:
        """From now on the key may do this, and nothing else."""
        self._keys[value].permissions = permissions

    def authenticate(self, headers: Mapping[str, str], now: float) -> ApiKey:
        """The caller's key. Raises `ApiError` 401, or 403 for a publishable key."""
        value = _bearer(headers)
        key = self._keys.get(value)
        if key is None and not value.startswith("pk_"):
            raise _unauthorized(f"Invalid API Key provided: {_mask(value)}")
        if key is None or value.startswith("pk_"):
            raise ApiError(
                403,
                "This API call cannot be made with a publishable API key. Please use a secret API key. You can find a "
                "list of your API keys at https://dashboard.stripe.com/account/apikeys.",
                code="secret_key_required",
            )
        if key.expires_at is not None and key.expires_at <= now:
            raise _unauthorized(f"Expired API Key provided: {_mask(value)}", code="api_key_expired")
        return key


def _bearer(headers: Mapping[str, str]) -> str:
    header = headers.get("Authorization", "")
    scheme, _, credentials = header.partition(" ")
    if scheme == "Basic":
        try:
            credentials = base64.b64decode(credentials, validate=True).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError) as error:
            raise _unauthorized(f"Invalid API Key provided. {_DOCS}") from error
    if not credentials.strip():
        raise _unauthorized(
            "You did not provide an API key. You need to provide your API key in the Authorization header, using "
            f"Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). {_DOCS}"
        )
    return credentials.strip()


def _unauthorized(message: str, code: str | None = None) -> ApiError:
    return ApiError(401, message, code=code, headers={"WWW-Authenticate": 'Bearer realm="Stripe"'})


def _mask(value: str, tail: int = 4) -> str:
    if len(value) <= 8 + tail:
        return value
    return f"{value[:8]}{'*' * (len(value) - 8 - tail)}{value[-tail:]}"
