"""Stripe as one object: requests in, responses out, webhook deliveries to be sent. No sockets and no threads."""

from threading import RLock

from .accounts import Account
from .agenda import Agenda, Task, TaskKind
from .api_keys import ApiKey
from .calls import CallLog
from .clock import Clock, ManualClock
from .context import Context, Settings, World
from .control import Control
from .exchange import Exchange
from .faults import Faults
from .gateway import Gateway
from .ids import Ids
from .params import decode
from .resources import checkout_sessions, refunds, settlement
from .resources.account import new_account
from .webhooks import Delivery, RetrySchedule, WebhookQueue
from .wire import Headers, Request, Response


class StripeSandbox:
    """All accounts of an imaginary Stripe. Safe to use from several threads."""

    def __init__(
        self,
        clock: Clock | None = None,
        ids: Ids | None = None,
        *,
        retries: RetrySchedule | None = None,
        settings: Settings | None = None,
    ) -> None:
        self.lock = RLock()
        self.clock = clock or ManualClock()
        webhooks = WebhookQueue(retries or RetrySchedule())
        self.world = World(self.clock, ids or Ids(), webhooks, Agenda(), settings or Settings())
        self.accounts: dict[str, Account] = {}
        self.gateway = Gateway(self.world, self.accounts)
        self.faults = Faults()
        self.log = CallLog()
        self.control = Control(self)

    def add_account(
        self, secret_key: str | None = None, *, name: str = "Sandbox", country: str = "US", currency: str = "usd"
    ) -> Account:
        """A new account, and the secret key that may do everything in it if one is given."""
        with self.lock:
            account_id = self.world.ids.new("acct", 16)
            details = new_account(account_id, name, country, currency, int(self.clock.now()))
            account = self.accounts[account_id] = Account(account_id, details)
            if secret_key is not None:
                self.gateway.keys.add(ApiKey(secret_key, account_id))
            return account

    def handle(self, request: Request) -> Response:
        """The response to one request, after everything that was due before it."""
        with self.lock:
            self.run_due()
            exchange = self._exchange(request)
            response = self.gateway.answer(exchange)
            self.log.record(exchange.logged(response.status, self.clock.now()))
            return response

    def run_due(self) -> None:
        """Lets everything happen that is due by now: bank debits settle, checkout sessions expire."""
        with self.lock:
            for task in self.world.agenda.take_due(self.clock.now()):
                self._run(task)

    def due_deliveries(self, now: float | None = None) -> list[Delivery]:
        """The webhook deliveries to send by then, signed: by the clock's time if none is given.

        Each must be reported with `delivered`.
        """
        with self.lock:
            self.run_due()
            return self.world.webhooks.take_due(self.accounts, self.clock.now() if now is None else now)

    def delivered(self, delivery: Delivery, status: int | None) -> None:
        """The HTTP status that the endpoint answered with; None if it didn't answer."""
        with self.lock:
            account = self.accounts[delivery.account_id]
            self.world.webhooks.delivered(delivery, status, account, self.clock.now())

    def next_due(self) -> float | None:
        """When something happens next without a request: a delivery, a settlement, an expiry."""
        with self.lock:
            times = [self.world.webhooks.next_due(), self.world.agenda.next_due()]
            return min((time for time in times if time is not None), default=None)

    def release(self, hold: str) -> Response:
        """Lets a held request go on; the response is what its caller gets, if it still waits."""
        with self.lock:
            return self.gateway.release(hold)

    def forget(self) -> None:
        """Starts all over with the same accounts and keys."""
        with self.lock:
            for account_id, account in self.accounts.items():
                self.accounts[account_id] = Account(account_id, account.details)
            self.world.webhooks.clear()
            self.world.agenda.clear()
            self.gateway.held.clear()
            self.faults.clear()
            self.log.clear()

    def _exchange(self, request: Request) -> Exchange:
        headers = Headers(request.headers)
        form = request.query if request.method in ("GET", "DELETE") else request.body
        params = decode(form.decode(errors="replace") if isinstance(form, bytes) else form)
        key = headers.get("Idempotency-Key") if request.method == "POST" else None
        fault = self.faults.take(request.method, request.path, params)
        return Exchange(request, headers, self.world.ids.new("req", 14), params, key or None, fault)

    def _run(self, task: Task) -> None:
        context = Context(self.world, self.accounts[task.account_id])
        match task.kind:
            case TaskKind.SETTLE_PAYMENT:
                settlement.settle_payment(context, task.object_id)
            case TaskKind.SETTLE_REFUND:
                refunds.settle(context, task.object_id)
            case TaskKind.EXPIRE_CHECKOUT:
                checkout_sessions.expire_if_open(context, task.object_id)
