"""`make demo`: both stories, from the first key to the last notification, on the whole stack."""

import argparse
import signal
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.report import leaked_secrets, print_table
from sandbox.stack import SECRET_KEY, Stack, request
from sandbox.stage import Stage

_FAILURE = ["invoice.payment_failure", "invoice.payment_status_updated"]
_MISSING = "customer.payment_method_missing"
_SUCCESS = ["invoice.payment_status_updated", "payment.succeeded"]
_PENDING_AGAIN = ["invoice.payment_status_updated"]
_AUTHENTICATED = "pm_card_authenticationRequired"
_WIDTH = 100
"""Characters of the last table: what a terminal has."""


@dataclass(frozen=True)
class Expected:
    """What must have become of an invoice in the end."""

    what: str
    lago_id: str
    status: str
    notified: list[str]
    intents: int = 1
    outcome: str = "paid"


def main() -> int:
    """Run the demo; the exit status says whether all was as expected."""
    argparse.ArgumentParser(prog="make demo", description=__doc__).parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    started = time.monotonic()
    with Stack("demo") as stack:
        stage = Stage(stack, started)
        stage.say("the template is deployed; an operator issued an API key")
        enforced = stage.is_refused_to_write_invoices("FindRecordsRole")
        stage.say(
            f"the functions run under the template's roles: find-records writing an invoice is refused: {enforced}"
        )
        expected = [*_new_billing_system(stage), *_migration(stage)]
        wrong = _show(stage, expected)
        leaks = leaked_secrets(stack.emulator)
        stage.say(f"all logs of all functions searched for keys and signing secrets: {leaks} found")
        calls = request("GET", f"{stack.stripe_url}/_sandbox/calls").body["counts"]["POST /v1/payment_intents"]
        charged = sum(invoice.intents for invoice in expected)
        stage.say(f"{calls} calls created {charged} payment intents")
        failed = bool(wrong or leaks or calls != charged or not enforced)
        if failed:
            print(f"NOT as expected: {wrong} invoices, {leaks} secrets in logs, {calls} calls for {charged} intents")
        else:
            print("All as expected.")
        print("The stack is being stopped.", flush=True)
    return int(failed)


def _new_billing_system(stage: Stage) -> list[Expected]:
    stage.say("STORY 1: a new billing system; customers are created in Stripe")
    settings = {"secret_key": SECRET_KEY, "name": "Acme Billing", "create_customers": True}
    integration = stage.call("PUT", "integrations/stripe/stripe", {"integration": settings})["integration"]
    stage.say(f'Stripe account {integration["account_id"]} connected as "stripe", webhook endpoint registered')
    declined = "pm_card_chargeCustomerFail"
    cards = {"anna": "pm_card_visa", "bruno": declined, "clara": _AUTHENTICATED, "ida": declined}
    for external_id, card in cards.items():
        body = {"customer": {"external_id": external_id, "name": external_id.title()}}
        created = stage.call("POST", "customers", body)["customer"]["billing_configuration"]
        stage.say(f"customer {external_id} created in Stripe as {created['provider_customer_id']}")
        save = stage.save_card if external_id == "anna" else stage.set_default_card
        save(created["provider_customer_id"], card)
        stage.say(f"{external_id} saves {card}")
    for external_id in cards:
        stage.wait_for_card(external_id)
    stage.say("Stripe's events brought the cards; they are what will be charged")
    invoices = {external_id: stage.invoice(external_id, 4200) for external_id in cards}
    free = stage.invoice("anna", 0)
    dora = stage.call("POST", "customers", {"customer": {"external_id": "dora", "name": "Dora"}})["customer"]
    early = stage.invoice("dora", 1900)
    stage.stack.wait_for("dora's missing card", lambda: _MISSING in stage.subscriber.about_customer("dora"))
    stage.say("invoices made; dora has no card yet: her invoice waits and the subscriber knows")
    stage.save_card(dora["billing_configuration"]["provider_customer_id"], "pm_card_mastercard")
    stage.say("dora saves a card")
    planned = stage.wait_for_status(invoices["bruno"], "failed")["next_retry_at"]
    stage.say(f"bruno's card was declined; it is tried again automatically at {planned}")
    stage.wait_for_status(invoices["ida"], "failed")
    stage.set_default_card(stage.customer("ida")["provider_customer_id"], "pm_card_visa")
    stage.say("ida's card was declined, too; she saves another one, which is charged at once")
    failed = "invoice.payment_failure"
    stage.stack.wait_for("clara's declined charge", lambda: failed in stage.subscriber.about_invoice(invoices["clara"]))
    stage.run_the_schedule()
    page = stage.wait_for_page(invoices["clara"])
    stage.pay_on_page(page, _AUTHENTICATED)
    stage.say("clara's bank wants her to be there; a page is made automatically, where she authenticates and pays")
    return [
        Expected("anna, a card", invoices["anna"], "succeeded", _SUCCESS),
        Expected("bruno, card declined", invoices["bruno"], "failed", _FAILURE, outcome="tried again tomorrow"),
        Expected(
            "clara, must authenticate",
            invoices["clara"],
            "succeeded",
            [*_FAILURE, *_PENDING_AGAIN, "payment.requires_action", *_SUCCESS],
        ),
        Expected(
            "ida, another card",
            invoices["ida"],
            "succeeded",
            [*_FAILURE, *_PENDING_AGAIN, *_SUCCESS],
            intents=2,
        ),
        Expected("anna, nothing to pay", free, "succeeded", [], intents=0),
        Expected("dora, card came later", early, "succeeded", [_MISSING, *_SUCCESS]),
    ]


def _migration(stage: Stage) -> list[Expected]:
    stage.say("STORY 2: a migration; customers exist in Stripe already")
    stage.call(
        "PUT", "integrations/stripe/old", {"integration": {"secret_key": SECRET_KEY, "name": "Acme, the old one"}}
    )
    stage.say('the account connected once more as "old", which creates no customers')
    emil = _existing_customer(stage, "emil", "pm_card_visa")
    frida = _existing_customer(stage, "frida", _sepa_debit(stage))
    _existing_customer(stage, "gustav", None)
    have_method = [who for who in ("emil", "frida", "gustav") if stage.customer(who)["payment_method_id"]]
    stage.say(f"imported with their Stripe ids; with a payment method: {', '.join(have_method)}; without: gustav")
    refused = stage.try_call("POST", "customers", _import("hans", "cus_of_another_account"))
    stage.say(f"a Stripe id of another account is refused: {refused.status} {refused.body['error_details']}")
    paid = stage.invoice("emil", 9900)
    debited = stage.invoice("frida", 12500)
    stage.wait_for_status(paid, "succeeded")
    payment_id = (stage.payment(paid) or {})["lago_id"]
    refund = stage.call("POST", f"payments/{payment_id}/refunds", {"refund": {"amount_cents": 4900}})["refund"]
    stage.say(f"49.00 EUR of emil's 99.00 go back: refund {refund['provider_refund_id']} {refund['status']}")
    item = stage.put_item("emil", total_amount_cents={"N": "2500"})
    broken = stage.put_item("emil", total_amount_cents={"N": "-1"})
    parked = stage.stack.wait_for("the broken item", lambda: stage.find_invoice(broken))
    stage.say(f"an item put into the table with a negative amount is parked: {parked['error_details'][0]['details']}")
    stage.say(f"customers {emil} and {frida} are collected from now on")
    return [
        Expected("emil, a part refunded", paid, "succeeded", [*_SUCCESS, "payment.refund_succeeded"]),
        Expected("frida, SEPA direct debit", debited, "succeeded", _SUCCESS),
        Expected("emil, put into the table", item, "succeeded", _SUCCESS),
        Expected("emil, broken item", broken, "pending", [], intents=0, outcome="parked"),
    ]


def _existing_customer(stage: Stage, external_id: str, payment_method: str | None) -> str:
    customer = stage.stripe.v1.customers.create({"name": external_id.title()}).id
    if payment_method:
        stage.set_default_card(customer, payment_method)
    stage.call("POST", "customers", _import(external_id, customer))
    return customer


def _import(external_id: str, provider_customer_id: str) -> dict[str, Any]:
    billing = {
        "payment_provider": "stripe",
        "payment_provider_code": "old",
        "provider_customer_id": provider_customer_id,
        "provider_payment_methods": ["card", "sepa_debit"],
    }
    return {"customer": {"external_id": external_id, "billing_configuration": billing}}


def _sepa_debit(stage: Stage) -> str:
    return stage.stripe.v1.payment_methods.create(
        {
            "type": "sepa_debit",
            "sepa_debit": {"iban": "DE89370400440532013000"},
            "billing_details": {"name": "Frida", "email": "frida@example.com"},
        }
    ).id


def _show(stage: Stage, expected: list[Expected]) -> int:
    """Wait for every invoice, print the table, and count those that are not as expected."""
    rows, wrong = [], 0
    for one in expected:
        invoice = stage.wait_for_status(one.lago_id, one.status)
        notified = _notified(stage, one)
        payment = stage.payment(one.lago_id)
        outcome = _outcome(invoice)
        right = bool(payment) is bool(one.intents) and notified == sorted(one.notified) and outcome == one.outcome
        wrong += not right
        amount = f"{invoice['total_amount_cents'] / 100:.2f} {invoice['currency']}"
        rows.append((one.what, amount, outcome if right else f"WRONG: {outcome}", ", ".join(notified) or "-"))
    stage.say("every invoice has come to its end")
    print_table(("invoice", "amount", "what became of it", "notifications the subscriber received"), rows, most=_WIDTH)
    return wrong


def _outcome(invoice: dict[str, Any]) -> str:
    """How an invoice stands, in words."""
    if invoice["error_details"]:
        return "parked"
    if invoice["payment_status"] == "succeeded":
        return "paid"
    if invoice["next_retry_at"]:
        days = datetime.fromisoformat(invoice["next_retry_at"]).date() - datetime.now(UTC).date()
        return "tried again tomorrow" if days == timedelta(days=1) else f"tried again on {invoice['next_retry_at']}"
    return str(invoice["payment_status"])


def _notified(stage: Stage, one: Expected) -> list[str]:
    def all_notified() -> list[str]:
        notified = sorted(stage.subscriber.about_invoice(one.lago_id))
        return notified if set(one.notified) <= set(notified) else []

    return stage.stack.wait_for(f"the notifications about {one.what}", all_notified) if one.notified else []


if __name__ == "__main__":
    sys.exit(main())
