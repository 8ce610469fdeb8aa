"""`make recovery INVOICES=1000`: how many failed invoices are collected without a person, with and without the wallet.

`python -m simulation.recovery INVOICES`: the simulation's mix of customers, in calm weather, for 20 days. Nobody asks
for anything, and nobody saves another method. Of the cards that lack money half have some again two days later.
"""

import sys
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from .trace import Trace
from .wallets import BY_TRANSFER, KINDS, SEVERAL
from .weather import PROFILES
from .workload import Connection, Payer, Workload
from .world import World

_DAY = 86400.0
_DAYS = 20
_LACKS_MONEY = "pm_card_chargeCustomerFail"
_NOBODY = ("", "unlinked", "created", BY_TRANSFER)
"""These have nothing that can be charged."""


@dataclass(frozen=True, slots=True)
class Recovered:
    """Of so many invoices so many failed, and so many of these were collected; so many charges were sent for all."""

    invoices: int
    failed: int
    collected: int
    charges: int

    @property
    def share(self) -> float:
        """Of those that failed."""
        return self.collected / self.failed if self.failed else 1.0


def recover(invoices: int, *, falls_back: bool, kinds: Sequence[tuple[str, int]] = KINDS) -> Recovered:
    """One run, with so many customers of each kind. Raises ViolationError if a rule is broken."""
    warnings.filterwarnings("ignore", "No application metrics to publish")
    with World(1, trace=Trace(shows_all=False)) as world:
        world.weather.profile = PROFILES["calm"]
        workload = Workload(world, invoices)
        connection = workload.connect(world.new_id(), "stripe", falls_back=falls_back)
        lacking = _add_payers(workload, connection, kinds)
        in_turn = [*workload.payers]
        Random(1).shuffle(in_turn)
        for number in range(invoices):
            workload.put(workload.item(in_turn[number % len(in_turn)]), "put")
            world.run(world.clock.now() + 60)
        world.run(world.clock.now() + 2 * _DAY)
        for card in lacking[::2]:
            world.stripe.control.set_outcome(card, None)
        world.run(world.clock.now() + (_DAYS - 2) * _DAY)
        return _counted(world, invoices)


def _add_payers(workload: Workload, connection: Connection, kinds: Sequence[tuple[str, int]]) -> list[str]:
    """As many of each kind as are asked for; the cards that lack money."""
    lacking: list[str] = []
    for kind, weight in kinds:
        for number in range(0 if kind in _NOBODY else weight):
            lacks_money = kind == _LACKS_MONEY
            name = f"{kind}-{number}"
            payer = workload.add_payer(connection, name, "pm_card_visa" if lacks_money else kind)
            if kind == SEVERAL:
                workload.agree(payer)
            if lacks_money:
                lacking.append(_only_card(workload, payer))
                workload.world.stripe.control.set_outcome(lacking[-1], "insufficient_funds")
    return lacking


def _only_card(workload: Workload, payer: Payer) -> str:
    (card,) = workload.client(payer).v1.customers.payment_methods.list(str(payer.provider_customer_id)).data
    return card.id


def _counted(world: World, invoices: int) -> Recovered:
    world.invariants.check()
    failed_payments = world.invariants.failed_payments
    payments = world.database.tables["PaymentsTable"].items()
    failed = {item["invoice_id"]["S"] for key, item in payments if key in failed_payments}
    found = world.database.tables["InvoicesTable"].items()
    paid = {key[1] for key, item in found if item["payment_status"] == {"S": "succeeded"}}
    return Recovered(invoices, len(failed), len(failed & paid), world.stripe.log.counts["POST /v1/payment_intents"])


def main(arguments: list[str]) -> int:
    """Print both runs."""
    for falls_back in (False, True):
        found = recover(int(arguments[0]), falls_back=falls_back)
        name = "with the wallet" if falls_back else "without the wallet"
        print(
            f"{name:<20} {found.invoices:>6} invoices, {found.failed} failed, {found.collected} of them collected "
            f"({found.share:.0%}), {found.charges} charges",
            flush=True,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
