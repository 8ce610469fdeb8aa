"""What counts the figures is killed, and so is what checks them: in the end they are those of the tables."""

import json

from sandbox.chaos.endings import Ending, settled
from sandbox.chaos.points import Point
from sandbox.chaos.violations import expect
from sandbox.chaos.world import Chaos

_CARD = "pm_card_visa"
_CHECK = "check-figures"


def counted_invoice(chaos: Chaos, function: str, point: Point) -> Ending:
    """A new invoice of a customer with a card; the stream brings its record again, and it is counted once."""
    customer = chaos.payer(_CARD)
    lago_id = chaos.killer.kill_at(point, function, lambda: chaos.invoice(customer))
    ending = settled(chaos, lago_id)
    chaos.stack.wait_for("the figures to be those of the tables", lambda: _agree(chaos))
    return ending


def figures_checked(chaos: Chaos, function: str, point: Point) -> Ending:
    """It changes nothing: the operator invokes it again."""
    answer = chaos.invoked_again(point, function, {"part": "rows"})
    expect(answer["checked"] > 0, "nothing was checked")
    return Ending("-", f"{answer['checked']} entries checked")


def _agree(chaos: Chaos) -> bool:
    """One page of each kind holds all there is here."""
    invoices, rows = (_checked(chaos, part) for part in ("invoices", "rows"))
    return not (invoices["miscounted"] or rows["miscounted"] or rows["differences"])


def _checked(chaos: Chaos, part: str) -> dict[str, list[object]]:
    answer = chaos.invoke(_CHECK, {"part": part}, waits=True)
    found: dict[str, list[object]] = json.loads(answer["Payload"].read())
    return found
