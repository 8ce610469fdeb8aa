"""A backup of the invoices table is put back, wholly or in part: what has happened since stays."""

from collections.abc import Callable
from typing import Any

import pytest
from builders.accounts import disconnect_at_once
from builders.customers import (
    DECLINED,
    attach,
    becomes_default,
    pays_with,
    provider_customer_id,
)
from builders.debits import debit_customer, processing
from builders.due import days_go_by
from builders.durations import DAY, HOUR
from builders.invoices import (
    failed_invoice,
    waiting_invoice_of_events,
)
from builders.links import ask_for_link, pay_on_open_pages, sessions
from builders.payments import (
    pay_by_hand,
    retry,
    void,
)
from builders.stripe_events import event, post
from world.world import World


class TestABackupThatIsPutBack:
    @pytest.mark.parametrize("ended", [void, pay_by_hand], ids=["void", "paid by hand"])
    def test_is_not_charged_when_the_customer_gets_a_card(self, world: World, ended: Callable[..., Any]) -> None:
        invoice_id = waiting_invoice_of_events(world)
        (backup,) = world.all_images("invoices")
        ended(world, invoice_id)
        world.run()

        world.dynamodb.put_item(TableName="InvoicesTable", Item=backup)
        attach(world, provider_customer_id(world))
        world.run()
        days_go_by(world, 2)

        assert world.charged() == []

    @pytest.mark.parametrize("ended", [void, pay_by_hand], ids=["void", "paid by hand"])
    def test_has_no_page(self, world: World, ended: Callable[..., Any]) -> None:
        invoice_id = waiting_invoice_of_events(world)
        (backup,) = world.all_images("invoices")
        ended(world, invoice_id)
        world.run()

        world.dynamodb.put_item(TableName="InvoicesTable", Item=backup)
        ask_for_link(world, invoice_id)
        pay_on_open_pages(world)

        assert world.charged() == []


def test_a_void_stays_though_what_was_on_its_way_is_found_by_a_list(world: World) -> None:
    world.connect()
    debit_customer(world)
    world.stripe.control.set_settlement_delay(14 * DAY)
    debits = processing(world, 12)
    backups = world.all_images("invoices")
    disconnect_at_once(world)
    for one in debits:
        assert void(world, one).status == 200
    world.connect()

    for backup in backups:
        world.dynamodb.put_item(TableName="InvoicesTable", Item=backup)
    for _ in range(4):
        days_go_by(world, 4)

    assert {world.invoice(one)["status"] for one in debits} == {"voided"}
    assert {world.payments(one)[0]["payment_status"] for one in debits} == {"succeeded"}


def test_a_void_stays_though_an_event_comes_before_the_backup_is_looked_at(world: World) -> None:
    world.connect()
    debit_customer(world)
    world.stripe.control.set_settlement_delay(3 * DAY)
    (invoice_id,) = processing(world, 1)
    (backup,) = world.all_images("invoices")
    disconnect_at_once(world)
    assert void(world, invoice_id).status == 200
    world.connect()
    world.pass_time(4 * DAY)

    world.dynamodb.put_item(TableName="InvoicesTable", Item=backup)
    (intent,) = world.stripe_client.v1.payment_intents.list().data
    assert post(world, event(world, "payment_intent.succeeded", intent.to_dict())).status == 200
    for _ in range(4):
        days_go_by(world, 4)

    assert world.invoice(invoice_id)["status"] == "voided"
    assert world.payments(invoice_id)[0]["payment_status"] == "succeeded"


class TestABackupOfFormerTimes:
    def test_gets_no_page_over_an_attempt_that_is_on_its_way(self, world: World) -> None:
        world.connect()
        world.customer(payment_method=DECLINED)
        pays_with(world, "card", "us_bank_account")
        invoice_id = world.create_invoice(currency="USD")
        world.run()
        (backup,) = world.all_images("invoices")
        world.stripe.control.set_settlement_delay(3 * DAY)
        becomes_default(world, "pm_usBankAccount_success")
        world.run()
        assert [one["payment_status"] for one in world.payments(invoice_id)] == ["processing", "failed"]
        world.pass_time(25 * HOUR)

        world.dynamodb.put_item(TableName="InvoicesTable", Item=backup)
        ask_for_link(world, invoice_id)
        for page in sessions(world):
            world.stripe.control.complete_checkout(page.id, "pm_card_visa")
        world.run()
        days_go_by(world, 4)

        assert world.charged() == [4200]
        assert "processing" not in [one["payment_status"] for one in world.payments(invoice_id)]

    def test_of_an_invoice_that_was_given_up_knows_that_it_was_paid_since(self, world: World) -> None:
        invoice_id = failed_invoice(world)
        world.api("PUT", f"/api/v1/invoices/{invoice_id}", {"invoice": {"payment_status": "failed"}})
        days_go_by(world, 2)
        (backup,) = world.all_images("invoices")
        becomes_default(world, "pm_card_visa")
        world.run()
        retry(world, invoice_id)
        world.run()
        assert world.charged() == [4200]

        world.dynamodb.put_item(TableName="InvoicesTable", Item=backup)
        days_go_by(world, 2)
        days_go_by(world, 8)

        assert world.invoice(invoice_id)["payment_status"] == "succeeded"
