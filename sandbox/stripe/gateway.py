"""From request to response, in Stripe's order: key, permission, limits, idempotency, parameters, execution.

https://docs.stripe.com/error-low-level says what comes before execution and is therefore not saved under a key.
"""

from dataclasses import dataclass

from . import schema
from .absent_fields import without_absent
from .accounts import Account
from .api_keys import ApiKeys
from .context import Context, World
from .endpoints import Endpoint, Router
from .errors import ApiError, rate_limited, server_error
from .exchange import Exchange
from .expand import check_expandable, expand
from .faults import FaultKind
from .idempotency import SavedResult
from .limiter import RateLimiter
from .wire import JsonObject, Response, Transport


@dataclass(slots=True)
class Admitted:
    """A request that is about to take effect: from here on its result is saved, whatever it is."""

    exchange: Exchange
    account: Account
    endpoint: Endpoint
    params: JsonObject
    ids: list[str]


@dataclass(slots=True)
class Held:
    """What is kept back until it is released: a request, or the response to one that has taken effect."""

    admitted: Admitted | None
    response: Response


class Gateway:
    def __init__(self, world: World, accounts: dict[str, Account]) -> None:
        self.keys = ApiKeys()
        self.limiter = RateLimiter()
        self.held: dict[str, Held] = {}
        self._world = world
        self._accounts = accounts
        self._router = Router()

    def answer(self, exchange: Exchange) -> Response:
        """The response as it arrives, or doesn't, under the fault that befalls this exchange."""
        if exchange.suffers(FaultKind.CUT_BEFORE_COMMIT):
            return Response(0, {}, b"", Transport.CUT)
        try:
            admitted = self._admit(exchange)
        except ApiError as error:
            return exchange.refuse(error)
        if isinstance(admitted, Response):
            return self._transport(exchange, admitted)
        if exchange.suffers(FaultKind.HOLD):
            return self._hold(exchange, Held(admitted, Response(0, {}, b"")))
        return self._transport(exchange, self.execute(admitted))

    def release(self, hold: str) -> Response:
        """What the caller gets, if it still waits. Raises `KeyError` for an unknown hold."""
        held = self.held.pop(hold)
        return self.execute(held.admitted) if held.admitted else held.response

    def execute(self, admitted: Admitted) -> Response:
        exchange, account = admitted.exchange, admitted.account
        context = Context(self._world, account, exchange.request_id, exchange.idempotency_key)
        paths = admitted.params.pop("expand", [])
        try:
            if exchange.suffers(FaultKind.ERROR_BEFORE_COMMIT):
                raise server_error()
            result = expand(account, admitted.endpoint.handler(context, admitted.params, *admitted.ids), paths)
            if exchange.suffers(FaultKind.ERROR_AFTER_COMMIT):
                raise server_error()
            response = exchange.succeed(without_absent(result, account.left_out))
        except ApiError as error:
            response = exchange.refuse(error)
        # Assumed (refusals-are-saved): what an endpoint refuses after its parameters were read is saved under the key,
        # such as an amount that is too small.
        if exchange.idempotency_key is not None:
            saved = SavedResult(response.status, response.body, exchange.request_id)
            account.idempotency.save(exchange.idempotency_key, saved)
        return response

    def _admit(self, exchange: Exchange) -> Admitted | Response:
        """The request ready for execution, or the replay of its saved result."""
        request, now = exchange.request, self._world.clock.now()
        if exchange.fault is not None and exchange.suffers(FaultKind.RATE_LIMIT):
            raise rate_limited(exchange.fault.reason)
        key = self.keys.authenticate(exchange.headers, now)
        account = exchange.account = self._accounts[key.account_id]
        _check_account_header(account, exchange.headers.get("Stripe-Account"))
        endpoint, ids = self._router.find(request.method, request.path)
        exchange.endpoint = endpoint
        key.require(endpoint.permission)
        self.limiter.admit(account.id, endpoint.operation, now)
        if exchange.idempotency_key is not None:
            saved = account.idempotency.find(exchange.idempotency_key, request.path, exchange.params, now)
            if saved is not None:
                return exchange.replay(saved)
        if self._is_locked(exchange, account, ids):
            raise rate_limited("lock_timeout")
        params = schema.load(endpoint.params).validate(exchange.params)
        check_expandable(params.get("expand", []))
        if exchange.idempotency_key is not None:
            account.idempotency.begin(exchange.idempotency_key, request.path, exchange.params, now)
        return Admitted(exchange, account, endpoint, params, ids)

    def _is_locked(self, exchange: Exchange, account: Account, ids: list[str]) -> bool:
        """Whether another request is in progress that changes the same object: https://docs.stripe.com/rate-limits."""
        under_way = [held.admitted for held in self.held.values() if held.admitted]
        is_change = exchange.request.method != "GET" and bool(ids)
        return is_change and any(one.account is account and one.ids[:1] == ids[:1] for one in under_way)

    def _transport(self, exchange: Exchange, response: Response) -> Response:
        status, headers, body = response.status, response.headers, response.body
        match exchange.fault.kind if exchange.fault else None:
            case FaultKind.CUT_AFTER_COMMIT:
                return Response(status, headers, b"", Transport.CUT)
            case FaultKind.TRUNCATED_BODY:
                return Response(status, headers, body[: len(body) // 2])
            case FaultKind.HANG:
                return self._hold(exchange, Held(None, response))
            case FaultKind.LATENCY:
                return Response(status, headers, body, delay=exchange.fault.seconds if exchange.fault else 0.0)
        return response

    def _hold(self, exchange: Exchange, held: Held) -> Response:
        self.held[exchange.request_id] = held
        return Response(held.response.status, {}, b"", Transport.HELD, hold=exchange.request_id)


def _check_account_header(account: Account, wanted: str | None) -> None:
    if wanted not in (None, account.id):
        raise ApiError(
            403,
            f"The provided key does not have access to account '{wanted}' (or that account does not exist). "
            "Application access may have been revoked.",
            code="account_invalid",
        )
