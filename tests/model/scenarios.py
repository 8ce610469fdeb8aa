"""What may happen in a search, and how often."""

from dataclasses import dataclass, replace
from functools import cache

from builders.records import customer_record, integration_record
from paystream.model.identifiers import integration_id

from model.world.state import ORGANIZATION, Put, Record, World
from model.world.values import DAY, HOUR, VALUES, time

FIRST_CARD = "pm_1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """Two functions take turns at every call, each may crash, and what is due is looked at, always.

    `charges` is what can become of a charge, the usual answer first; `retry_days` the schedule. `instants` are the
    minutes to which the clock leaps. `faults` counts requests without an answer, `changes` what happens to a payment
    late: a failed one is confirmed, another system pays under its name, a try on a page fails. `people` is what is
    asked for, each once; `puts` the totals of the items that replace the first one, in minor units. `events` come
    never, or many times, in any order; so does the stream's record, with `record_again`.
    """

    name: str
    charges: tuple[str, ...] = ("pays",)
    retry_days: tuple[int, ...] = ()
    instants: tuple[int, ...] = ()
    faults: int = 0
    changes: int = 0
    people: tuple[str, ...] = ()
    puts: tuple[int, ...] = ()
    total: int = 4200
    events: bool = False
    record_again: bool = False
    foreign: bool = False
    debits: bool = False
    card_changes: bool = False
    functions: int = 2

    @property
    def integration(self) -> int:
        """The number of the account that is connected."""
        return _integration(self.retry_days)

    def customer(self, method: str = FIRST_CARD) -> int:
        """The number of the customer, who has this payment method."""
        return _customer(self.integration, method)

    def beginning(self) -> World:
        """An item was put into the table."""
        return World(
            item=VALUES.number(Put(self.total)),
            customer=self.customer(),
            record=Record(0, replaced=0),
            most_cents=self.total,
        )


@cache
def _integration(retry_days: tuple[int, ...]) -> int:
    account = integration_record(created_at=time(0), updated_at=time(-HOUR), default_currency="EUR")
    lago_id = integration_id(ORGANIZATION, account.code, account.account_id, livemode=account.livemode)
    return VALUES.number(replace(account, lago_id=lago_id, retry_schedule_days=retry_days))


@cache
def _customer(integration: int, method: str) -> int:
    account = VALUES[integration]
    customer = customer_record(
        organization_id=ORGANIZATION,
        payment_provider="stripe",
        payment_provider_code=account.code,
        integration_id=account.lago_id,
        provider_customer_id="cus_1",
        payment_method_id=method,
        created_at=time(-HOUR),
        updated_at=time(-HOUR),
        version=1 if method == FIRST_CARD else 2,
    )
    return VALUES.number(customer)


LATER = 15
"""A quarter of an hour: no function lives so long, and no request."""
DAYS = (23 * HOUR + 30, 24 * HOUR + 30)
NEXT_DAY = DAY + LATER
CARD = ("pays", "declines")

NEW = Scenario(name="a new item", faults=1, events=True, record_again=True)
ONE_ATTEMPT = Scenario(name="one attempt over a day", faults=1, instants=DAYS[1:])
MAY_FAIL = Scenario(name="an attempt that may fail", charges=(*CARD, "refuses", "processes"), faults=1, changes=1)
SAVED_ERRORS = Scenario(name="saved errors", charges=("pays", "saves a 500"), faults=1)
OTHER_CARD = Scenario(name="another card", faults=1, card_changes=True)
REPLACED = Scenario(name="the item is replaced", puts=(4200,), instants=DAYS[1:])
REPLACED_BY_MORE = Scenario(name="the item is replaced, over more", charges=CARD, puts=(5000,))
REPLACED_BY_LESS = Scenario(name="the item is replaced, over less", charges=CARD, puts=(3000,))
FOREIGN = Scenario(name="another system charges", charges=CARD, changes=1, foreign=True)
RETRY = Scenario(name="a retry is asked for", charges=CARD, people=("retry",), changes=1)
OUTWAITED = Scenario(
    name="a refusal without an intent", charges=("pays", "refuses"), people=("retry",), instants=(LATER,)
)
PLANNED = Scenario(name="retries by the schedule", charges=CARD, retry_days=(1,), changes=1, instants=(NEXT_DAY,))
PAGE = Scenario(name="a page", charges=CARD, people=("page",), changes=1)
PAGE_AND_RETRY = Scenario(name="a page, then a retry", charges=("declines",), people=("page", "retry"))
DEBIT_ON_PAGE = Scenario(name="a debit on a page", charges=("declines",), people=("page",), debits=True, changes=1)
AUTHENTICATION = Scenario(name="a page follows a failure", charges=("pays", "asks for authentication"))
BY_HAND = Scenario(name="a part is paid by hand", charges=CARD, people=("by hand 1200",), changes=1)
BY_HAND_AND_RETRY = Scenario(name="a part by hand, then a retry", charges=CARD, people=("by hand 1200", "retry"))
ALL_BY_HAND = Scenario(name="all is paid by hand", charges=CARD, people=("by hand 4200",), changes=1)
VOID = Scenario(name="a void", charges=(*CARD, "processes"), people=("void",), changes=1)
ELSEWHERE = Scenario(name="paid elsewhere", charges=CARD, people=("paid elsewhere",), changes=1)
ELSEWHERE_AND_PAGE = Scenario(name="paid elsewhere, and a page", charges=CARD, people=("paid elsewhere", "page"))

SMALL = (
    NEW,
    ONE_ATTEMPT,
    MAY_FAIL,
    SAVED_ERRORS,
    OTHER_CARD,
    REPLACED,
    REPLACED_BY_MORE,
    REPLACED_BY_LESS,
    FOREIGN,
    RETRY,
    OUTWAITED,
    PLANNED,
    PAGE,
    AUTHENTICATION,
    BY_HAND,
    ALL_BY_HAND,
    VOID,
    ELSEWHERE,
)
"""What `make test` searches."""

DEEP = (
    Scenario(name="one attempt over days, two faults", faults=2, instants=(LATER, *DAYS)),
    Scenario(name="an attempt that may fail, events", charges=(*CARD, "processes"), faults=1, changes=1, events=True),
    Scenario(name="saved errors, two faults", charges=("pays", "saves a 500"), faults=2),
    Scenario(name="another card over days", faults=1, card_changes=True, instants=DAYS),
    Scenario(name="the item is replaced, over days", charges=CARD, puts=(4200,), instants=DAYS),
    Scenario(name="the item is replaced, a fault", puts=(4200,), faults=1, instants=DAYS),
    Scenario(
        name="the item is replaced, a planned retry", charges=CARD, puts=(5000,), retry_days=(1,), instants=(LATER,)
    ),
    Scenario(name="the item is replaced twice", charges=CARD, puts=(5000, 3000)),
    Scenario(name="another system charges, a fault", charges=CARD, faults=1, changes=1, foreign=True, events=True),
    Scenario(name="another system charges twice", charges=CARD, changes=2, foreign=True, instants=(LATER,)),
    Scenario(name="a retry, a fault", charges=CARD, people=("retry",), faults=1, changes=1),
    Scenario(name="a retry, a fault, later", charges=CARD, people=("retry",), faults=1, instants=(LATER,)),
    replace(OUTWAITED, name="a refusal without an intent, a fault", faults=1),
    Scenario(name="three attempts", charges=CARD, retry_days=(1, 1), changes=1, instants=(NEXT_DAY, 2 * NEXT_DAY)),
    Scenario(
        name="retries by the schedule, a fault",
        charges=CARD,
        retry_days=(1,),
        faults=1,
        changes=1,
        instants=(NEXT_DAY,),
    ),
    PAGE_AND_RETRY,
    DEBIT_ON_PAGE,
    BY_HAND_AND_RETRY,
    ELSEWHERE_AND_PAGE,
    replace(SAVED_ERRORS, name="saved errors, later", instants=(LATER,)),
    replace(OTHER_CARD, name="another card, events", events=True),
    Scenario(name="a page, a fault", charges=("declines",), people=("page",), faults=1),
    Scenario(name="a page over a day", charges=CARD, people=("page",), changes=1, instants=(LATER, DAY + 1)),
    Scenario(name="a page follows a failure, later", charges=("pays", "asks for authentication"), instants=(LATER,)),
    Scenario(name="a part by hand, and a page", charges=("declines",), people=("page", "by hand 1200"), changes=1),
    Scenario(name="all by hand, in two parts", charges=CARD, people=("by hand 1200", "by hand 3000"), changes=1),
    Scenario(name="a void, and a page", charges=CARD, people=("void", "page"), changes=1),
    Scenario(name="a void, and another item", charges=("processes",), people=("void",), puts=(5000,)),
    Scenario(
        name="paid elsewhere, later", charges=CARD, people=("paid elsewhere",), changes=1, instants=(LATER, NEXT_DAY)
    ),
    Scenario(name="given up, then a retry", charges=CARD, people=("given up", "retry"), changes=1),
)
"""What `make model` searches besides."""
