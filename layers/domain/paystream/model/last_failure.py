"""Why an invoice was not collected the last time it was tried: kept with the invoice, so that a list can say it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from paystream.model.customer import Customer
from paystream.model.outcome import Failure

MOST_OF_A_CODE = 100
"""In characters. Stripe's codes have fewer; what is longer is none of them."""

CUSTOMER_REFUSED = "customer_refused"
"""The code where Stripe gave none for refusing the customer: ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LastFailure:
    """Stripe's codes of the attempt that failed last, or Paystream's where nothing could be sent. `tries` is how often
    the method was charged for the invoice without success by then, and `most_tries` how often the schedule allows it;
    0 where nothing was charged. `is_of_customer`: Stripe has refused to create the customer, and nothing was tried.
    """

    at: datetime
    code: str
    decline_code: str | None = None
    advice_code: str | None = None
    network_decline_code: str | None = None
    network_advice_code: str | None = None
    payment_method_type: str | None = None
    tries: int = 0
    most_tries: int = 0
    is_of_customer: bool = False

    @classmethod
    def of(cls, failure: Failure, at: datetime, *, tries: int = 0, most_tries: int = 0) -> Self:
        """Without Stripe's message, which may be long."""
        return cls(
            at=at,
            code=failure.code[:MOST_OF_A_CODE],
            decline_code=_cut(failure.decline_code),
            advice_code=_cut(failure.advice_code),
            network_decline_code=_cut(failure.network_decline_code),
            network_advice_code=_cut(failure.network_advice_code),
            payment_method_type=_cut(failure.payment_method_type),
            tries=tries,
            most_tries=most_tries,
        )

    @property
    def failure(self) -> Failure:
        """The codes, as what decides from them takes them."""
        return Failure(
            code=self.code,
            message="",
            decline_code=self.decline_code,
            advice_code=self.advice_code,
            network_decline_code=self.network_decline_code,
            network_advice_code=self.network_advice_code,
            payment_method_type=self.payment_method_type,
        )


def refusal_of(customer: Customer | None) -> LastFailure | None:
    """Why an invoice of the customer cannot be tried, if Stripe has refused to create the customer."""
    refused = customer.creation_refused if customer else None
    if refused is None:
        return None
    return LastFailure(at=refused.at, code=_cut(refused.code) or CUSTOMER_REFUSED, is_of_customer=True)


def _cut(code: str | None) -> str | None:
    return code[:MOST_OF_A_CODE] if code else None
