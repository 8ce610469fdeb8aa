"""The one place where a refused key is replaced: below the Stripe library, so that it holds for every request."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

import stripe

_REFUSED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
_Answer = tuple[str, int, Mapping[str, str]]


class CurrentKeyClient(stripe.HTTPClient):
    """Sends a request that Stripe refuses for its key once more, if the key is another one by now.

    That is safe: a refused key means that nothing was done. The key may be minutes old where it was rotated meanwhile.
    """

    name = "requests"

    def __init__(self, http_client: stripe.HTTPClient, secret_key: str, read_again: Callable[[], str | None]) -> None:
        super().__init__()
        self._http_client = http_client
        self._secret_key = secret_key
        self._read_again = read_again

    def request_with_retries(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        post_data: Any = None,
        max_network_retries: int | None = None,
        *,
        _usage: list[str] | None = None,
    ) -> _Answer:
        def send() -> _Answer:
            ours = {**headers, "Authorization": f"Bearer {self._secret_key}"}
            return self._http_client.request_with_retries(
                method, url, ours, post_data, max_network_retries, _usage=_usage
            )

        answer = send()
        if answer[1] in _REFUSED and self._has_another_key():
            answer = send()
        return answer

    def _has_another_key(self) -> bool:
        secret_key = self._read_again()
        if secret_key in (None, self._secret_key):
            return False
        self._secret_key = str(secret_key)
        return True
