"""Idempotency keys: https://docs.stripe.com/api/idempotent_requests.

A key is kept for 24 hours from its first use. The result is saved from the moment execution begins, whether it is a
success, a decline or a 500. What is refused before that (authentication, rate limits, invalid parameters) is not saved.
"""

from collections import OrderedDict
from dataclasses import dataclass

from .errors import ApiError, invalid_request
from .wire import JsonObject

KEPT_FOR = 24 * 3600.0
_LONGEST_KEY = 255


@dataclass(frozen=True, slots=True)
class SavedResult:
    """A response as it is replayed."""

    status: int
    body: bytes
    request_id: str


@dataclass(slots=True)
class _Use:
    path: str
    params: JsonObject
    first_used: float
    result: SavedResult | None = None


class IdempotencyKeys:
    """The keys of one account."""

    def __init__(self) -> None:
        self._uses: OrderedDict[str, _Use] = OrderedDict()

    def find(self, key: str, path: str, params: JsonObject, now: float) -> SavedResult | None:
        """The saved result of this key; None if it is free. Raises `ApiError` if it is another request's or in use."""
        if len(key) > _LONGEST_KEY:
            raise invalid_request(
                f"Idempotency keys cannot be longer than {_LONGEST_KEY} characters: yours has {len(key)}."
            )
        self._prune(now)
        use = self._uses.get(key)
        if use is None:
            return None
        if use.path != path:
            raise _misused(key, f"for the same endpoint they were first used for ('{path}' vs '{use.path}')")
        if use.params != params:
            raise _misused(key, "with the same parameters they were first used with")
        if use.result is None:
            raise _in_use(key)
        return use.result

    def begin(self, key: str, path: str, params: JsonObject, now: float) -> None:
        self._uses[key] = _Use(path, params, now)

    def save(self, key: str, result: SavedResult) -> None:
        if key in self._uses:
            self._uses[key].result = result

    def _prune(self, now: float) -> None:
        while self._uses:
            key, use = next(iter(self._uses.items()))
            if now - use.first_used < KEPT_FOR:
                return
            del self._uses[key]


def _misused(key: str, how: str) -> ApiError:
    return ApiError(
        400,
        f"Keys for idempotent requests can only be used {how}. Try using a key other than '{key}' if you meant to "
        "execute a different request.",
        kind="idempotency_error",
    )


def _in_use(key: str) -> ApiError:
    return ApiError(
        409,
        "There is currently another in-progress request using this Idempotency Key (that probably means you submitted "
        f"twice, and the other request is still going through): {key}. Please try again later.",
        kind="idempotency_error",
        code="idempotency_key_in_use",
    )
