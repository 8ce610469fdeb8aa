"""What only a sandbox can do, as methods: the engine's user calls them directly, `/_sandbox/…` over HTTP."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from .account_refusals import RESTRICTED, AccountRefusal
from .accounts import WebhookSecret
from .api_keys import ApiKey
from .calls import Call
from .disruptions import DisruptionMode, WebhookDisruption, WebhookDisruptions
from .faults import Fault, FaultKind
from .happenings import Happenings
from .wire import JsonObject, Response

if TYPE_CHECKING:
    from .engine import StripeSandbox


class Control(Happenings):
    """Controls of one sandbox. Every method is safe to call from any thread; unknown ids raise `KeyError`."""

    def __init__(self, sandbox: "StripeSandbox") -> None:
        super().__init__(sandbox)
        self._disruptions = WebhookDisruptions(sandbox.world.webhooks.push)
        sandbox.world.webhooks.disrupt = self._disruptions.apply

    def calls(self) -> list[Call]:
        """The last 10 000 API calls, oldest first."""
        with self._sandbox.lock:
            return list(self._sandbox.log.calls)

    def call_counts(self) -> dict[str, int]:
        """All API calls per endpoint, such as `POST /v1/payment_intents`, `*` standing for an id."""
        with self._sandbox.lock:
            return dict(self._sandbox.log.counts)

    def add_fault(
        self,
        kind: str,
        *,
        method: str = "*",
        path: str = "*",
        metadata: Mapping[str, str] | None = None,
        times: int = 1,
        seconds: float = 0.0,
        reason: str = "endpoint-rate",
    ) -> None:
        """Befalls the next requests that match: see `faults.Fault`. Raises `ValueError` for an unknown kind."""
        with self._sandbox.lock:
            fault = Fault(FaultKind(kind), method, path, metadata or {}, times, seconds, reason)
            self._sandbox.faults.add(fault)

    def clear_faults(self) -> None:
        with self._sandbox.lock:
            self._sandbox.faults.clear()

    def release(self, hold: str) -> Response:
        """Lets a request go on that a `hold` or `hang` keeps back; ids are those of `holds`."""
        return self._sandbox.release(hold)

    def holds(self) -> list[str]:
        with self._sandbox.lock:
            return list(self._sandbox.gateway.held)

    def advance(self, seconds: float) -> float:
        """Moves the clock; whatever is due by then happens. Returns the time."""
        with self._sandbox.lock:
            self._sandbox.clock.advance(seconds)
            self._sandbox.run_due()
            return self._sandbox.clock.now()

    def disrupt_webhooks(
        self, mode: str, *, count: int | None = 1, types: Sequence[str] = (), seconds: float = 60.0
    ) -> None:
        """Drops, duplicates, delays or reorders webhooks: see `disruptions`. Raises `ValueError` for another mode."""
        with self._sandbox.lock:
            self._disruptions.add(WebhookDisruption(DisruptionMode(mode), count, tuple(types), seconds))

    def clear_webhook_disruptions(self) -> None:
        with self._sandbox.lock:
            self._disruptions.clear()

    def roll_webhook_secret(self, endpoint_id: str, *, expires_in: float = 24 * 3600.0) -> str:
        """The new secret. The old one stays valid for so many seconds: until then both sign."""
        with self._sandbox.lock:
            account = self._owner(endpoint_id)
            now = self._sandbox.clock.now()
            secret = f"whsec_{self._sandbox.world.ids.secret(32)}"
            valid = [old for old in account.webhook_secrets[endpoint_id] if old.expires_at is None]
            ending = [WebhookSecret(old.value, now + expires_in) for old in valid]
            account.webhook_secrets[endpoint_id] = [WebhookSecret(secret), *ending]
            return secret

    def add_account(
        self,
        *,
        name: str = "Sandbox",
        country: str = "US",
        currency: str = "usd",
        secret_key: str | None = None,
        permissions: Sequence[str] = (),
    ) -> JsonObject:
        """A new account's id with a secret, a publishable and a restricted key, the last with these permissions."""
        with self._sandbox.lock:
            account = self._sandbox.add_account(name=name, country=country, currency=currency)
            return {
                "account": account.id,
                "secret_key": self.add_key(account.id, value=secret_key),
                "publishable_key": self.add_key(account.id, kind="pk"),
                "restricted_key": self.add_key(account.id, kind="rk", permissions=permissions),
            }

    def add_key(
        self, account_id: str, *, kind: str = "sk", permissions: Sequence[str] = (), value: str | None = None
    ) -> str:
        """A key: `rk` with permissions such as `rak_payment_intent_write`; `_write` includes reading."""
        with self._sandbox.lock:
            account = self._sandbox.accounts[account_id]
            value = value or self._sandbox.world.ids.new(f"{kind}_test", 40)
            return self._sandbox.gateway.keys.add(ApiKey(value, account.id, frozenset(permissions))).value

    def set_permissions(self, value: str, permissions: Sequence[str]) -> None:
        """What a restricted key may do from now on."""
        with self._sandbox.lock:
            self._sandbox.gateway.keys.permit(value, frozenset(permissions))

    def set_charges_enabled(self, account_id: str, *, enabled: bool) -> None:
        """What the account says of itself; its charges go on."""
        with self._sandbox.lock:
            self._sandbox.accounts[account_id].details["charges_enabled"] = enabled

    def refuse_charges(
        self, account_id: str, code: str | None, *, message: str = RESTRICTED, method_type: str | None = None
    ) -> None:
        """From now on the account is refused each charge, or each of one type of payment method."""
        with self._sandbox.lock:
            self._sandbox.accounts[account_id].refusal = AccountRefusal(code, message, method_type)

    def take_charges(self, account_id: str) -> None:
        """What the account was refused is put right."""
        with self._sandbox.lock:
            self._sandbox.accounts[account_id].refusal = None

    def expire_key(self, value: str, *, expires_in: float = 0.0) -> None:
        """Expires or revokes a key, now or in so many seconds."""
        with self._sandbox.lock:
            self._sandbox.gateway.keys.expire(value, self._sandbox.clock.now() + expires_in)

    def set_payment_method_types(self, account_id: str, types: Sequence[str] | None) -> None:
        """The types that are switched on in an account's dashboard; None: all that there are here."""
        with self._sandbox.lock:
            self._sandbox.accounts[account_id].activated = None if types is None else frozenset(types)

    def leave_out(self, account_id: str, kind: str, *fields: str) -> None:
        """From now on objects of this kind, such as `account`, come without these fields; without any, as they are."""
        with self._sandbox.lock:
            self._sandbox.accounts[account_id].left_out[kind] = frozenset(fields)

    def set_rate_limits(self, *, endpoint: float | None = None, total: float | None = None) -> None:
        """Requests per second for each endpoint and for an account in total; Stripe's: 25 and 100 (25 in test mode)."""
        with self._sandbox.lock:
            self._sandbox.gateway.limiter.endpoint_rate = endpoint
            self._sandbox.gateway.limiter.global_rate = total

    def set_settlement_delay(self, seconds: float) -> None:
        """How long bank debits and refunds take from now on."""
        with self._sandbox.lock:
            self._sandbox.world.settings.settlement_delay = seconds

    def reset(self) -> None:
        """Forgets all objects, faults, disruptions, deliveries and calls; accounts and keys stay."""
        with self._sandbox.lock:
            self._sandbox.forget()
            self._disruptions = WebhookDisruptions(self._sandbox.world.webhooks.push)
            self._sandbox.world.webhooks.disrupt = self._disruptions.apply

    def report(self) -> JsonObject:
        """The log of calls and their counts, as JSON."""
        with self._sandbox.lock:
            log = self._sandbox.log
            outcomes = {f"{endpoint} {status}": number for (endpoint, status), number in log.outcomes.items()}
            return {"calls": [asdict(call) for call in log.calls], "counts": dict(log.counts), "outcomes": outcomes}
