"""What goes wrong, and how often: drawn from the seed, until it is calm."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from aws_in_memory.dynamodb import database
from aws_in_memory.errors import client_error
from botocore.exceptions import ReadTimeoutError
from sandbox.stripe.faults import Fault as StripeFault
from sandbox.stripe.faults import FaultKind
from sandbox.stripe.webhooks import Delivery

from .effects import Fault, Moment, Perform

_READS = frozenset({"get_item", "batch_get_item", "query", "scan", "get_secret_value", "get_object", "list_objects_v2"})
_STRIPE_FAULTS = (
    FaultKind.RATE_LIMIT,
    FaultKind.ERROR_BEFORE_COMMIT,
    FaultKind.ERROR_AFTER_COMMIT,
    FaultKind.CUT_BEFORE_COMMIT,
    FaultKind.CUT_AFTER_COMMIT,
    FaultKind.TRUNCATED_BODY,
    FaultKind.HOLD,
    FaultKind.HANG,
)


@dataclass(frozen=True, slots=True)
class Profile:
    """Probabilities: of an effect, a delivery, a read, or a step of the scheduler."""

    name: str
    crash: float = 0.0
    aws_fault: float = 0.0
    stripe_fault: float = 0.0
    entry_refused: float = 0.0
    webhook_lost: float = 0.0
    webhook_twice: float = 0.0
    webhook_late: float = 0.0
    redelivered: float = 0.0
    lag: float = 0.0
    jump: float = 0.0
    disturbance: float = 0.0


PROFILES = {
    profile.name: profile
    for profile in (
        Profile("calm"),
        Profile(
            "fair", crash=0.001, aws_fault=0.002, stripe_fault=0.01, entry_refused=0.01, webhook_lost=0.05,
            webhook_twice=0.05, webhook_late=0.1, redelivered=0.02, lag=0.1, jump=0.0002, disturbance=0.001,
        ),
        Profile(
            "rough", crash=0.005, aws_fault=0.01, stripe_fault=0.08, entry_refused=0.05, webhook_lost=0.2,
            webhook_twice=0.15, webhook_late=0.2, redelivered=0.05, lag=0.3, jump=0.0005, disturbance=0.003,
        ),
        Profile(
            "storm", crash=0.02, aws_fault=0.04, stripe_fault=0.3, entry_refused=0.15, webhook_lost=0.5,
            webhook_twice=0.3, webhook_late=0.4, redelivered=0.15, lag=0.6, jump=0.001, disturbance=0.01,
        ),
        Profile("crashes", crash=0.04, redelivered=0.05, lag=0.2, jump=0.0005),
        Profile("stripe down", stripe_fault=0.6, webhook_lost=0.3, webhook_late=0.3, jump=0.001, disturbance=0.002),
        Profile(
            "people", crash=0.0005, stripe_fault=0.01, webhook_lost=0.1, webhook_late=0.1, lag=0.1, jump=0.0005,
            disturbance=0.03,
        ),
        Profile("deaf", stripe_fault=0.1, webhook_lost=1.0, lag=0.3, jump=0.0005, disturbance=0.002),
    )
}  # fmt: skip

_JUMPS = (120.0, 900.0, 3600.0, 5 * 3600.0, 25 * 3600.0, 2 * 86400.0)


@dataclass(slots=True)
class Weather:
    """Draws from `random` what befalls whom. After `calm_down` nothing does. Every second event of an intent that is
    lost was not even made: no list of Stripe's shows it.
    """

    random: Random
    profile: Profile
    add_stripe_fault: Callable[[StripeFault], None]
    unmake: Callable[[Delivery], None]
    counts: Counter[str] = field(default_factory=Counter)

    def calm_down(self) -> None:
        self.profile = PROFILES["calm"]

    def happens(self, probability: float) -> bool:
        return probability > 0 and self.random.random() < probability

    def crash_at(self, number: int, moment: Moment) -> bool:
        return self.happens(self.profile.crash)

    def fault_of(self, service: str, operation: str, parameters: Mapping[str, Any]) -> tuple[str, Fault] | None:
        if service == "stripe":
            return self._stripe_fault() if self.happens(self.profile.stripe_fault) else None
        if not self.happens(self.profile.aws_fault):
            return None
        return self.random.choice(_aws_faults(service, operation, parameters))

    def _stripe_fault(self) -> tuple[str, Fault]:
        kind = self.random.choice(_STRIPE_FAULTS)

        def befall(perform: Perform) -> Any:
            self.add_stripe_fault(StripeFault(kind, reason=self.random.choice(("endpoint-rate", "lock_timeout"))))
            return perform()

        return str(kind), befall

    def disrupt(self, delivery: Delivery) -> list[Delivery]:
        """What becomes of a delivery that Stripe means to make."""
        if self.happens(self.profile.webhook_lost):
            self.counts["webhook lost"] += 1
            if delivery.event_type.startswith("payment_intent.") and self.happens(0.5):
                self.unmake(delivery)
            return []
        found = [delivery]
        if self.happens(self.profile.webhook_twice):
            self.counts["webhook twice"] += 1
            found.append(replace(delivery, duplicate=True))
        if self.happens(self.profile.webhook_late):
            self.counts["webhook late"] += 1
            found = [replace(one, due_at=one.due_at + self.random.random() ** 3 * 36 * 3600) for one in found]
        return found

    def refuses_entry(self) -> bool:
        if self.happens(self.profile.entry_refused):
            self.counts["entry of a batch refused"] += 1
            return True
        return False

    def delivers_again(self) -> bool:
        if self.happens(self.profile.redelivered):
            self.counts["delivered again"] += 1
            return True
        return False

    def unprocessed(self, keys: int) -> int:
        return self.random.randrange(keys) if self.happens(self.profile.aws_fault) else 0

    def deletion_takes(self) -> float:
        return self.random.random() * 10 if self.happens(self.profile.aws_fault * 10) else 0.0

    def jump(self) -> float | None:
        """By how many seconds time leaps now, if it does."""
        if not self.happens(self.profile.jump):
            return None
        self.counts["clock jumps"] += 1
        return self.random.choice(_JUMPS) * (0.5 + self.random.random() / 2)


class Lag(database.Lag):
    """Reads that are not consistent are behind by as much as the seed says."""

    def __init__(self, weather: Weather) -> None:
        self._weather = weather

    def index(self, pending: int) -> int:
        if not self._weather.happens(self._weather.profile.lag):
            return 0
        return int(self._weather.random.random() * (pending + 1))

    def read(self) -> bool:
        return self._weather.happens(self._weather.profile.lag)


def _aws_faults(service: str, operation: str, parameters: Mapping[str, Any]) -> list[tuple[str, Fault]]:
    camel = operation.title().replace("_", "")
    found: list[tuple[str, Fault]] = [
        ("throttled", lambda _: _raise(_throttled(service, camel))),
        ("error before", lambda _: _raise(_internal(service, camel))),
    ]
    if operation in _READS:
        return found
    found += [
        ("error after", lambda perform: (perform(), _raise(_internal(service, camel)))),
        ("answer lost", lambda perform: (perform(), _raise(ReadTimeoutError(endpoint_url=f"https://{service}")))),
        (
            "sent twice",
            _sent_twice_as_one if operation == "transact_write_items" else lambda perform: (perform(), perform())[1],
        ),
    ]
    if service == "dynamodb":
        found.append(("conflict", lambda _: _raise(_conflict(camel, parameters))))
    return found


def _sent_twice_as_one(perform: Perform) -> Any:
    """botocore sends a transaction again with the same token: what was done is not done again."""
    return perform()


def _raise(error: Exception) -> Any:
    raise error


def _throttled(service: str, operation: str) -> Exception:
    code = "ProvisionedThroughputExceededException" if service == "dynamodb" else "ThrottlingException"
    return client_error(service, operation, code, "The rate is exceeded; slow down.")


def _internal(service: str, operation: str) -> Exception:
    code = "InternalServerError" if service == "dynamodb" else "InternalFailure"
    return client_error(service, operation, code, "Internal server error", status=500)


def _conflict(operation: str, parameters: Mapping[str, Any]) -> Exception:
    if operation != "TransactWriteItems":
        message = "Transaction is ongoing for the item"
        return client_error("dynamodb", operation, "TransactionConflictException", message)
    rest = [{"Code": "None"}] * (len(parameters["TransactItems"]) - 1)
    return database.canceled([{"Code": "TransactionConflict", "Message": "Transaction is ongoing for the item"}, *rest])
