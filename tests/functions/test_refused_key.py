"""A key that Stripe no longer accepts: it is notified, once for each connection of the integration, and never shown."""

from io import StringIO

import pytest
from builders.accounts import INTEGRATION_PATH
from builders.durations import DAY
from world.aws_calls import Moment
from world.world import SECRET_KEY, World


def collect_with_a_refused_key(world: World, key: str = SECRET_KEY) -> None:
    world.stripe.control.expire_key(key)
    world.create_invoice()
    world.collect_new_invoices()


def test_an_integration_that_is_connected_again_notifies_again_when_its_key_is_refused(world: World) -> None:
    world.connect()
    world.customer()
    collect_with_a_refused_key(world)
    assert world.api("DELETE", INTEGRATION_PATH).status == 200
    world.pass_time(40 * DAY)
    second_key = world.stripe.control.add_key(world.account.id, value="sk_test_second000000000000")
    world.connect(secret_key=second_key)

    collect_with_a_refused_key(world, second_key)

    assert world.notified() == ["payment_provider.error", "payment_provider.error"]


def test_a_refused_key_is_in_no_log(world: World, logs: StringIO) -> None:
    world.connect()
    world.customer()

    collect_with_a_refused_key(world)
    world.api("POST", "/api/v1/customers", {"customer": {"external_id": "acme", "name": "Acme Ltd"}})

    assert world.notified() == ["payment_provider.error"]
    assert "secret_key" in logs.getvalue()
    assert "sk_test" not in logs.getvalue()


@pytest.mark.parametrize("moment", Moment)
def test_a_refused_key_is_in_no_log_when_notifying_breaks_off(world: World, logs: StringIO, moment: Moment) -> None:
    world.connect()
    world.customer()
    world.create_invoice()
    world.stripe.control.expire_key(SECRET_KEY)
    world.aws.crash("TransactWriteItems", moment)

    world.collect_new_invoices()

    assert "SimulatedCrashError" in logs.getvalue()
    assert "sk_test" not in logs.getvalue()
