"""Stories in which two ways to pay cross, or in which what is known is lost on the way."""

from typing import Any

from paystream.model.identifiers import saved_method_id

from .money_stories import ask, declined, key, paid
from .scenarios import ORGANIZATION, Scenario, Stage
from .wallets import BY_TRANSFER
from .workload import ALL_PERMISSIONS, CODE, Connection

_MINUTE = 60.0
_HOUR = 3600.0
_DAY = 24 * _HOUR


def _until_stripe_holds_a_charge(stage: Stage) -> str:
    """The id of what Stripe holds."""
    control = stage.workload.world.stripe.control
    control.add_fault("hold", method="POST", path="/v1/payment_intents")
    stage.step_until(lambda: bool(control.holds()))
    (hold,) = control.holds()
    return hold


def _waits(stage: Stage) -> None:
    """An invoice over 42.00 waits for a payment method."""
    stage.put_invoice(stage.payer(""), total_amount_cents={"N": "4200"})
    stage.pass_time(_HOUR)


def _a_part_by_hand_while_it_is_charged(stage: Stage) -> None:
    """No event brought the card: the schedule finds it, and claims what it charges. The part is refused."""
    stage.workload.change_card(stage.first_payer(), "pm_card_visa")
    hold = _until_stripe_holds_a_charge(stage)
    stage.workload.pay_by_hand(key(stage), 1000)
    stage.pass_time(1.0)
    stage.workload.world.stripe.release(hold)
    stage.pass_time(_HOUR)


def _in_euros(stage: Stage) -> None:
    """A customer with a card, who has no country."""
    stage.workload.change_card(stage.payer("pm_sepaDebit_success"), "pm_card_visa")
    stage.pass_time(_MINUTE)


def _charged_and_not_written_then_by_transfer(stage: Stage) -> None:
    """The function dies after Stripe's answer, and its record comes again when 16 minutes have passed. By then the
    customer is to pay by bank transfer, which takes a country; later by card again.
    """
    stage.put_invoice(stage.first_payer(), total_amount_cents={"N": "4200"})
    (account,) = stage.workload.world.stripe.accounts.values()
    stage.step_until(lambda: len(account.payment_intents) == 1)
    stage.workload.switch_types(stage.first_payer(), BY_TRANSFER)
    stage.step_until(lambda: _dies_until_the_customer_pays_by_transfer(stage))
    stage.workload.world.jump(16 * _MINUTE)
    stage.pass_time(_HOUR)
    stage.workload.switch_types(stage.first_payer())
    stage.pass_time(2 * _DAY)


def _dies_until_the_customer_pays_by_transfer(stage: Stage) -> bool:
    world, payer = stage.workload.world, stage.first_payer()
    for invocation in list(world.compute.running.values()):
        if invocation.function.name == "InvoiceCreatedFunction":
            world.compute.kill(invocation, "crash")
    customer = world.database.tables["CustomersTable"].get((payer.organization_id, payer.external_id)) or {}
    return customer.get("provider_payment_methods") == {"L": [{"S": BY_TRANSFER}]}


def _paid_on_the_page_before(stage: Stage) -> None:
    """A debit of the first page bounces, a second page is opened, and the first debit's intent is paid after all."""
    at_stripe = stage.workload.world.invariants.money.at_stripe
    ask(stage, "payment_url")
    stage.workload.use_page(stage.first_payer(), "pm_usBankAccount_insufficientFunds")
    stage.pass_time(_HOUR)
    ask(stage, "payment_url")
    stage.workload.confirm(at_stripe.all_of(key(stage)[1])[-1]["id"], "pm_card_visa")
    stage.pass_time(_HOUR)


def _collected_under_the_name_of_a_page(stage: Stage) -> None:
    ask(stage, "payment_url")
    (page,) = stage.workload.world.invariants.money.at_stripe.open_pages(key(stage)[1])
    stage.workload.collect_under(stage.first_payer(), page["metadata"], 4200)
    stage.pass_time(_HOUR)


def _gone_by_force_and_brought_back(stage: Stage) -> None:
    """Stripe is down when the invoice is voided, so its attempt stays open; then the account goes, for two days."""
    control, connection = stage.workload.world.stripe.control, stage.connection
    assert connection
    control.add_fault("500_before_commit", path="/v1/payment_intents*", times=20)
    ask(stage, "void")
    control.clear_faults()
    code = {"code": connection.code}
    stage.workload.request("DELETE", CODE, ORGANIZATION, None, parameters=code, query="force=true")
    stage.pass_time(2 * _DAY)
    stage.workload.put_connection(connection)
    stage.pass_time(2 * _DAY)


def _chosen_and_deleted(stage: Stage) -> None:
    payer = stage.first_payer()
    client = stage.workload.client(payer)
    method = client.v1.payment_methods.attach("pm_card_mastercard", {"customer": str(payer.provider_customer_id)})
    client.v1.customers.delete(str(payer.provider_customer_id))
    chosen = {"payment_method_type": "provider", "payment_method_id": saved_method_id(ORGANIZATION, method.id)}
    resource = "/api/v1/invoices/{lago_id}/retry_payment"
    stage.ask("POST", resource, {"payment_method": chosen}, lago_id=key(stage)[1])
    stage.pass_time(4 * _DAY)


def _surpluses_go_back(stage: Stage) -> Connection:
    """By the setting of the account."""
    connection = stage.connect()
    connection.refunds_second_payments = True
    stage.workload.put_connection(connection)
    stage.pass_time(_MINUTE)
    return connection


def _paid_where_nothing_may_be_refunded(stage: Stage) -> None:
    """A restricted key without that permission."""
    connection, control = _surpluses_go_back(stage), stage.workload.world.stripe.control
    others = [one for one in ALL_PERMISSIONS if one != "rak_charge_write"]
    connection.secret_key = control.add_key(connection.account.id, kind="rk", permissions=others)
    stage.workload.put_connection(connection)
    stage.pass_time(_MINUTE)
    paid(stage)


def _collected_a_second_time(stage: Stage) -> None:
    stage.workload.collect_again(stage.first_intent())
    stage.pass_time(3 * _DAY)


def _declined_where_surpluses_go_back(stage: Stage) -> None:
    _surpluses_go_back(stage)
    declined(stage)


def _a_part_by_hand_then_confirmed(stage: Stage) -> None:
    """10.00 by hand, then 42.00 by the intent, in the moment before it is closed: 10.00 too much."""
    stage.workload.pay_by_hand(key(stage), 1000)
    stage.step_until(lambda: stage.workload.world.invariants.money.by_hand[key(stage)[1]] > 0)
    stage.workload.confirm(stage.first_intent(), "pm_card_visa")
    stage.pass_time(_DAY)


def _replace_item(stage: Stage, kind: str = "put", **changes: Any) -> None:
    """The application puts the story's invoice once more, with these changes."""
    stored = stage.workload.world.database.tables["InvoicesTable"].get(key(stage)) or {}
    names = ("organization_id", "lago_id", "external_customer_id", "currency", "total_amount_cents")
    stage.workload.put({name: dict(stored[name]) for name in names} | changes, kind, over=True)


def _too_little(stage: Stage) -> None:
    """1.00 of 42.00."""
    (intent,) = stage.workload.world.invariants.money.at_stripe.all_of(key(stage)[1])
    stage.workload.collect_under(stage.first_payer(), intent["metadata"], 100)
    stage.pass_time(_HOUR)


def _more_is_owed(stage: Stage) -> None:
    """50.00, of which 42.00 are paid."""
    _replace_item(stage, total_amount_cents={"N": "5000"})
    stage.pass_time(_DAY)


def _two_customers(stage: Stage) -> None:
    for _ in range(2):
        stage.payer("pm_card_visa")


def _another_customer_while_charged(stage: Stage) -> None:
    """The charge of the first customer cannot be written any more; the second one's has the same idempotency key."""
    (account,) = stage.workload.world.stripe.accounts.values()
    stage.put_invoice(stage.first_payer(), total_amount_cents={"N": "4200"})
    stage.step_until(lambda: len(account.payment_intents) == 1)
    _replace_item(stage, external_customer_id={"S": "customer-1"})
    stage.pass_time(2 * _DAY)


def _debit_on_its_way(stage: Stage) -> None:
    """For three days."""
    stage.workload.world.stripe.control.set_settlement_delay(3 * _DAY)
    stage.put_invoice(stage.payer("pm_usBankAccount_success"), total_amount_cents={"N": "4200"})
    stage.pass_time(_HOUR)


def _a_mistake_while_it_is_debited(stage: Stage) -> None:
    _replace_item(stage, "malformed", currency={"S": "dollars"})
    stage.pass_time(4 * _DAY)


def _debited_on_a_page(stage: Stage) -> None:
    """The page is complete, the debit is on its way, and the time of the next attempt is still kept."""
    stage.workload.world.stripe.control.set_settlement_delay(2 * _HOUR)
    ask(stage, "payment_url")
    stage.workload.use_page(stage.first_payer(), "pm_usBankAccount_success")
    stage.pass_time(_DAY)


CROSSING_STORIES = (
    Scenario(
        "a part is paid by hand while what waited is charged",
        _waits,
        _a_part_by_hand_while_it_is_charged,
        webhooks_are_lost=True,
        refuses=True,
    ),
    Scenario(
        "a refusal of our own comes over a success that was not written",
        _in_euros,
        _charged_and_not_written_then_by_transfer,
        webhooks_are_lost=True,
    ),
    Scenario("a page is open, and what failed on the page before is paid", declined, _paid_on_the_page_before),
    Scenario(
        "a page is open, and another system collects under its name", declined, _collected_under_the_name_of_a_page
    ),
    Scenario("an account goes by force while an attempt is to be closed", declined, _gone_by_force_and_brought_back),
    Scenario("a method is chosen for a retry, and the customer is deleted at Stripe", declined, _chosen_and_deleted),
    Scenario(
        "a key may not refund, and a second payment is to go back",
        _paid_where_nothing_may_be_refunded,
        _collected_a_second_time,
    ),
    Scenario(
        "a part is paid by hand, and the failed payment is confirmed",
        _declined_where_surpluses_go_back,
        _a_part_by_hand_then_confirmed,
    ),
    Scenario("another system collects too little under the name of an attempt", declined, _too_little),
    Scenario("an item over more replaces that of a paid invoice", paid, _more_is_owed),
    Scenario(
        "an item of another customer replaces one that is charged and not written yet",
        _two_customers,
        _another_customer_while_charged,
    ),
    Scenario(
        "a mistake replaces an item whose debit is on its way",
        _debit_on_its_way,
        _a_mistake_while_it_is_debited,
        webhooks_are_lost=True,
    ),
    Scenario("a debit is chosen on a page, and a retry was planned", declined, _debited_on_a_page),
)
