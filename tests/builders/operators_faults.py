"""Accounts that Stripe refuses what they charge, for a reason that is the operator's."""

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import stripe
from sandbox.stripe.client import InProcessHTTPClient
from sandbox.stripe.engine import StripeSandbox
from world.world import World

from builders.accounts import INTEGRATION_PATH

_connection_error: Callable[..., stripe.APIConnectionError] = stripe.APIConnectionError

NOTIFIED_OPERATOR = "payment_provider.error"
RESTRICTED = "testmode_charges_only"
NEXT_YEARS = "a_code_of_next_year"


def customers_with_invoices(world: World, number: int) -> list[str]:
    """So many customers with good cards and an invoice each, over 10.01 EUR and more; the ids of the invoices."""
    world.connect()
    for position in range(number):
        world.customer(f"customer-{position}")
    return [world.create_invoice(f"customer-{position}", amount=1001 + position) for position in range(number)]


def refuse_charges(world: World, code: str | None = RESTRICTED, **more: Any) -> None:
    """From now on Stripe refuses the account each charge."""
    world.stripe.control.refuse_charges(world.account.id, code, **more)


def take_charges(world: World) -> None:
    """It is put right at Stripe."""
    world.stripe.control.take_charges(world.account.id)


def minutes_go_by(world: World, minutes: int, *, step: int = 5) -> None:
    """The schedules run every five minutes."""
    for _ in range(0, minutes, step):
        world.pass_time(step * 60)
        world.check_accounts()
        world.collect_waiting()
        world.pass_time(1)
        world.look_again()
        world.run()


def shown_pause(world: World) -> tuple[str | None, str | None]:
    """Since when the account needs attention, and the code of the reason."""
    shown = world.api("GET", INTEGRATION_PATH).body["integration"]
    reason = shown["needs_attention_reason"]
    return shown["needs_attention_since"], reason and reason["code"]


class OneArrivesLate(InProcessHTTPClient):
    """The way to the sandbox, on which the first charge is held up, and each other one refused without being kept."""

    def __init__(self, sandbox: StripeSandbox) -> None:
        super().__init__(sandbox)
        self.is_refusing = True
        self._late: Callable[[], object] | None = None

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        *,
        _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:
        if method.upper() != "POST" or not url.endswith("/v1/payment_intents"):
            return super().request(method, url, headers, post_data)
        if self._late is None:
            self._late = partial(super().request, method, url, headers, post_data)
            raise _connection_error("the connection was closed", should_retry=True)
        if self.is_refusing:
            return json.dumps({"error": {"code": RESTRICTED, "message": "No."}}), 400, {}
        return super().request(method, url, headers, post_data)

    def arrives(self) -> None:
        """What was held up reaches Stripe, which takes charges by now."""
        assert self._late
        self.is_refusing = False
        self._late()
