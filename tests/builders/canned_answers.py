"""Answers of Stripe's that the sandbox does not give: what it answers, with something changed."""

import json
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import urlsplit

from sandbox.stripe.client import InProcessHTTPClient
from sandbox.stripe.engine import StripeSandbox

Change = Callable[[dict[str, Any]], object]


class CannedAnswers(InProcessHTTPClient):
    """The way to the sandbox, on which answers of some endpoints are changed, in place."""

    def __init__(self, sandbox: StripeSandbox) -> None:
        super().__init__(sandbox)
        self._changes: list[tuple[str, str, Change]] = []

    def change(self, endpoint: str, change: Change) -> None:
        """From now on, whatever an endpoint such as `POST /v1/payment_intents` answers is changed like this."""
        method, path = endpoint.split()
        self._changes.append((method, path, change))

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        *,
        _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:
        body, status, answered = super().request(method, url, headers, post_data)
        content = json.loads(body)
        for wanted, path, change in self._changes:
            if wanted == method.upper() and fnmatchcase(urlsplit(url).path, path):
                change(content)
        return json.dumps(content), status, answered
