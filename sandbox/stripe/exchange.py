"""One request on its way through the sandbox, and the response it gets."""

import json
from dataclasses import dataclass

from .accounts import Account
from .calls import Call
from .context import API_VERSION
from .endpoints import Endpoint
from .errors import ApiError
from .faults import Fault, FaultKind
from .idempotency import SavedResult
from .wire import Headers, JsonObject, Request, Response


@dataclass(slots=True)
class Exchange:
    """What is known of a request so far; `idempotency_key` is None where Stripe ignores it."""

    request: Request
    headers: Headers
    request_id: str
    params: JsonObject
    idempotency_key: str | None
    fault: Fault | None
    account: Account | None = None
    endpoint: Endpoint | None = None
    saved: SavedResult | None = None

    def suffers(self, kind: FaultKind) -> bool:
        return self.fault is not None and self.fault.kind is kind

    def respond(self, status: int, body: bytes, extra: dict[str, str] | None = None) -> Response:
        headers = {
            "Content-Type": "application/json",
            "Request-Id": self.request_id,
            "Stripe-Version": self.headers.get("Stripe-Version", API_VERSION),
            **(extra or {}),
        }
        if self.idempotency_key is not None:
            headers["Idempotency-Key"] = self.idempotency_key
            headers["Original-Request"] = self.saved.request_id if self.saved else self.request_id
        return Response(status, headers, body)

    def succeed(self, result: JsonObject) -> Response:
        return self.respond(200, json.dumps(result).encode())

    def refuse(self, error: ApiError) -> Response:
        fields = error.fields()
        if self.account is not None:
            logs = f"https://dashboard.stripe.com/{self.account.id}/test/workbench/logs"
            fields["request_log_url"] = f"{logs}?object={self.request_id}"
        return self.respond(error.status, json.dumps({"error": fields}).encode(), error.headers)

    def replay(self, saved: SavedResult) -> Response:
        self.saved = saved
        extra = {"Idempotent-Replayed": "true"}
        if saved.status >= 500:
            extra["Stripe-Should-Retry"] = "false"
        return self.respond(saved.status, saved.body, extra)

    def logged(self, status: int, now: float) -> Call:
        method, path = self.request.method, self.request.path
        return Call(
            request_id=self.request_id,
            at=now,
            method=method,
            path=path,
            endpoint=self.endpoint.operation if self.endpoint else f"{method} {path}",
            account=self.account.id if self.account else None,
            idempotency_key=self.idempotency_key,
            status=status,
            replayed=self.saved is not None,
            fault=str(self.fault.kind) if self.fault else None,
        )
