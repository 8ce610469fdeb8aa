"""An operator has records handled once more: what redrives them is killed, and the operator invokes it again."""

from datetime import UTC, datetime

from sandbox.chaos.endings import Ending, settled
from sandbox.chaos.given_up import expect_put_away, give_up
from sandbox.chaos.mappings import switched_off
from sandbox.chaos.points import Point
from sandbox.chaos.violations import expect
from sandbox.chaos.world import Chaos

_CARD = "pm_card_visa"


def failed_invoice(chaos: Chaos, function: str, point: Point) -> Ending:
    """An item of which nothing came but an object in the bucket. In the end the stream brings it, too."""
    customer = chaos.payer(_CARD)
    with switched_off(chaos, "invoice-created"), chaos.results_kept_back():
        lago_id = chaos.invoice_item(customer)
        key = give_up(chaos, "invoice-created", lago_id, records=1)
        _redriven(chaos, function, point, "failed-records")
        expect_put_away(chaos, key)
        return settled(chaos, lago_id)


def missed_invoice(chaos: Chaos, function: str, point: Point) -> Ending:
    """An item that is in the table only."""
    customer = chaos.payer(_CARD)
    with switched_off(chaos, "invoice-created"), chaos.results_kept_back():
        lago_id = chaos.invoice_item(customer)
        _redriven(chaos, function, point, "missed-invoices")
        return settled(chaos, lago_id)


def failed_notifications(chaos: Chaos, function: str, point: Point) -> Ending:
    """The notifications about a paid invoice lie in the bucket. What is published twice has one key."""
    with switched_off(chaos, "publish-notifications"):
        lago_id = chaos.invoice(chaos.payer(_CARD))
        chaos.stack.wait_for("the invoice to be paid", lambda: _is_paid(chaos, lago_id))
        key = give_up(chaos, "publish-notifications", lago_id, records=2)
        _redriven(chaos, function, point, "failed-records")
        expect_put_away(chaos, key)
        return settled(chaos, lago_id)


def missed_notifications(chaos: Chaos, function: str, point: Point) -> Ending:
    """The notifications about a paid invoice are in the table only. In the end the stream brings it, too."""
    since = datetime.now(UTC)
    with switched_off(chaos, "publish-notifications"):
        lago_id = chaos.invoice(chaos.payer(_CARD))
        chaos.stack.wait_for("the invoice to be paid", lambda: _is_paid(chaos, lago_id))
        until = datetime.now(UTC)
        _redriven(chaos, function, point, "missed-notifications", since=since.isoformat(), until=until.isoformat())
        return settled(chaos, lago_id)


def _redriven(chaos: Chaos, function: str, point: Point, what: str, **times: str) -> None:
    answer = chaos.invoked_again(point, function, {"what": what, **times})
    expect(answer["done"] and not answer["left"], f"invoked again, {function} answered {answer}")


def _is_paid(chaos: Chaos, lago_id: str) -> bool:
    invoice = chaos.stage.find_invoice(lago_id)
    return bool(invoice and invoice["payment_status"] == "succeeded")
