"""What may have been sent to an account that is not connected any more is asked for when it is back."""

from collections.abc import Callable
from typing import Any

import pytest
from builders.accounts import charged_there, connect_other_account, disconnect_at_once
from builders.customers import (
    link_to_account,
    pays_with,
    stripe_customer_with_a_card,
)
from builders.due import days_go_by, hours_go_by
from builders.invoices import (
    charged_and_not_written_down,
    replace_item,
    unknown_invoice,
)
from builders.payments import (
    pay_by_hand,
    void,
)
from builders.read import statuses_of_attempts
from builders.stripe_events import lose_events
from builders.stripe_requests import CREATE_INTENT, break_stripe
from world.world import World


def charged_in_an_account_that_is_gone(world: World) -> str:
    """Charged and not written down, in an account that was disconnected by force; its events are lost."""
    invoice_id, record = charged_and_not_written_down(world)
    lose_events(world)
    disconnect_at_once(world)
    world.invoke("invoice-created", record)
    world.run()
    assert world.invoice(invoice_id)["payment_status"] == "pending"
    return invoice_id


class TestAChargeWhoseResultNobodyKnowsInAnAccountThatIsGone:
    @pytest.mark.parametrize("ended", [void, pay_by_hand], ids=["void", "paid by hand"])
    def test_is_found_when_the_account_is_back_though_the_invoice_was_ended(
        self, world: World, ended: Callable[..., Any]
    ) -> None:
        invoice_id = charged_in_an_account_that_is_gone(world)
        assert ended(world, invoice_id).status == 200
        hours_go_by(world, 2)

        world.connect()
        days_go_by(world, 1)
        days_go_by(world, 2)

        assert statuses_of_attempts(world, invoice_id) == ["succeeded"]

    @pytest.mark.parametrize("ended", [void, pay_by_hand], ids=["void", "paid by hand"])
    def test_is_found_when_the_attempt_is_on_record(self, world: World, ended: Callable[..., Any]) -> None:
        invoice_id = unknown_invoice(world)
        lose_events(world)
        disconnect_at_once(world)
        hours_go_by(world, 1)
        assert ended(world, invoice_id).status == 200
        hours_go_by(world, 2)

        world.connect()
        days_go_by(world, 1)
        days_go_by(world, 2)

        assert statuses_of_attempts(world, invoice_id) == ["succeeded"]

    def test_is_not_refused_for_its_new_account_and_charged_there_again(self, world: World) -> None:
        charged_in_an_account_that_is_gone(world)
        client = connect_other_account(world, "other")
        customer = stripe_customer_with_a_card(client)
        link_to_account(world, customer, "other")
        pays_with(world, "customer_balance")
        hours_go_by(world, 3)

        pays_with(world, "card")
        hours_go_by(world, 3)
        days_go_by(world, 2)

        assert world.charged() == [4200]
        assert charged_there(client) == []


def test_an_unknown_charge_in_an_account_that_is_gone_is_found_though_a_mistake_replaced_its_item(world: World) -> None:
    world.connect()
    world.customer()
    invoice_id = world.put_invoice_item()
    break_stripe(world, CREATE_INTENT, "cut_after_commit")
    world.collect_new_invoices()
    world.stripe.control.clear_faults()
    lose_events(world)
    disconnect_at_once(world)

    replace_item(world, total_amount_cents="4200")
    hours_go_by(world, 3)
    world.connect()
    for _ in range(3):
        days_go_by(world, 1)

    assert statuses_of_attempts(world, invoice_id) == ["succeeded"]
