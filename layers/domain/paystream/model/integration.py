"""A Stripe account that an organization has connected."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from paystream.model.account_health import AccountHealth, HeardEvent
from paystream.model.faults import Reach
from paystream.model.identifiers import integration_id
from paystream.model.rate_limit import ENDPOINT_DEFAULT, GLOBAL_DEFAULT_LIVE, GLOBAL_DEFAULT_TEST, RateLimit
from paystream.model.retries import DEFAULT_SCHEDULE_DAYS

NOWHERE = "https://stripe.com/"
"""Where a customer is led back to if nobody said where: Stripe wants some URL, and this is Lago's."""

_NEVER = datetime.min.replace(tzinfo=UTC)


class Link(Protocol):
    """What names the account that something was sent to, or that a customer is known in: a payment, a customer."""

    @property
    def payment_provider_code(self) -> str | None: ...
    @property
    def integration_id(self) -> str | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    """What Stripe refuses the integration: since when, in which words, and how far that reaches. `code` is Stripe's, if
    it gave one. `what` names the types of payment methods, joined by commas, the action that a permission is for, or
    the code of a request. Until `probe_at` nothing of it is asked; then it is tried again, which has failed `probes`
    times. Without a time it is tried whenever there is something to ask. `permissions` are the ids of those that Stripe
    named, any of which would do.
    """

    since: datetime
    message: str
    code: str | None = None
    reach: Reach = Reach.KEY
    what: str | None = None
    probes: int = 0
    probe_at: datetime | None = None
    permissions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspicion:
    """A code that no table knows refused these customers one after the other, and nothing was taken in between."""

    code: str
    external_customer_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountCheck:
    """The daily look at an account, which is due at `due_at`. What Stripe's events say is known up to `known_until`, if
    it is at all. `is_gap`: since then some may have been sent nowhere, so all are listed. Where a look was interrupted,
    `until` is the end of its lists, `list_number` and `cursor` are where it goes on, and `has_failed` says whether some
    is to be read once more, for the `failed_looks`-th time in a row. `problems` are what the last look could not put
    right.
    """

    due_at: datetime
    known_until: datetime | None = None
    is_gap: bool = True
    until: datetime | None = None
    list_number: int = 0
    cursor: str | None = None
    has_failed: bool = False
    failed_looks: int = 0
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Integration:
    """`code` tells an organization's accounts apart; `default_since` is when it was made the one to take without a
    code. While it `needs_attention`, nothing is asked through it; connecting it again ends that. `pauses` reach less
    far, and end also when Stripe takes again what it refused: once it `resumes`, what waited for that is to be made
    due. From `disconnecting_since` on nothing new begins through it, what is on its way is followed until it has
    settled; from `removal_began_at` on it is being removed, and nobody uses it. The rate limits are None where they are
    Stripe's defaults. `default_currency` is what the account is paid out in,
    `account_name` its name in Stripe's dashboard as it was when the account was connected the last time.
    `retry_schedule_days` says after how many days each a failed invoice is tried again; `authentication_links` whether
    a payment link follows a charge that failed because the customer has to authenticate. `fallback_payment_methods`:
    another method of a customer who has agreed is charged where one is declined for good. `refund_second_payments`:
    what is paid for an invoice that is paid already goes back automatically. `health` is what the last look has
    found; `last_event` the last event of Stripe that has arrived, give or take an hour.
    """

    organization_id: str
    code: str
    lago_id: str
    name: str
    account_id: str
    livemode: bool
    key_last4: str
    create_customers: bool
    webhook_endpoint_id: str
    webhook_url: str
    created_at: datetime
    updated_at: datetime
    default_currency: str | None = None
    account_name: str | None = None
    success_redirect_url: str | None = None
    default_since: datetime | None = None
    needs_attention: Attention | None = None
    disconnecting_since: datetime | None = None
    removal_began_at: datetime | None = None
    endpoint_rate_limit_per_second: int | None = None
    global_rate_limit_per_second: int | None = None
    retry_schedule_days: tuple[int, ...] = DEFAULT_SCHEDULE_DAYS
    refund_second_payments: bool = False
    authentication_links: bool = True
    fallback_payment_methods: bool = False
    check: AccountCheck | None = None
    health: AccountHealth | None = None
    last_event: HeardEvent | None = None
    pauses: tuple[Attention, ...] = ()
    resumes: bool = False
    suspicion: Suspicion | None = None
    version: int = 0

    def leads_to(self, link: Link) -> bool:
        """Whether this is the link's account, in the same mode, under whatever code it was connected then.

        One account has one set of idempotency keys, customers and payment intents, whatever key leads to it.
        """
        if self.lago_id == link.integration_id:
            return True
        code = link.payment_provider_code
        return code is not None and link.integration_id == integration_id(
            self.organization_id, code, self.account_id, livemode=self.livemode
        )

    @property
    def attention(self) -> Attention | None:
        """What the operator is to look at first."""
        oldest = min(self.pauses, key=lambda pause: pause.since, default=None)
        return self.needs_attention or oldest

    @property
    def is_looked_at_at(self) -> datetime | None:
        """When the schedule has something to do about it: its daily look, a pause to be probed, what is to resume."""
        if self.check is None:
            return None
        times = [pause.probe_at for pause in self.pauses if pause.probe_at]
        return min([self.check.due_at, *times, *([self.updated_at] if self.resumes else [])])

    @property
    def return_url(self) -> str:
        """Where a customer is led back to from a page of Stripe."""
        return self.success_redirect_url or NOWHERE

    @property
    def account_key(self) -> str:
        """The account and its mode: the same under whatever code it is connected."""
        return f"{self.account_id}#{'live' if self.livemode else 'test'}"

    @property
    def rate_limit(self) -> RateLimit:
        """What holds: what was set, else what Stripe allows every account."""
        total = GLOBAL_DEFAULT_LIVE if self.livemode else GLOBAL_DEFAULT_TEST
        return RateLimit(
            endpoint=self.endpoint_rate_limit_per_second or ENDPOINT_DEFAULT,
            total=self.global_rate_limit_per_second or total,
        )


@dataclass(frozen=True, slots=True)
class Credentials:
    """What is kept in Secrets Manager for one integration; never logged, never answered.

    `signing_secrets` are newest first: while one is rolled, both are valid. The newest is that of the endpoint
    `webhook_endpoint_id`, kept beside it because only together do they prove that its events can be verified.
    """

    secret_key: str
    signing_secrets: tuple[str, ...]
    webhook_endpoint_id: str

    def __repr__(self) -> str:
        return "Credentials(…)"


def default_of(integrations: Iterable[Integration]) -> Integration | None:
    """The one to take when no code is given: the last that was made the default, else the oldest. None that is
    disconnecting.

    Derived, so that changing it or disconnecting it is one write of one record.
    """
    connected = (integration for integration in integrations if integration.disconnecting_since is None)
    oldest_first = sorted(connected, key=lambda integration: integration.created_at)
    return max(oldest_first, key=lambda integration: integration.default_since or _NEVER, default=None)
