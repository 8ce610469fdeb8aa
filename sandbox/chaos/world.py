"""What the scenes share: customers, invoices, what Stripe and the passing of time do to them."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

from sandbox.aws import REPOSITORY
from sandbox.chaos.killer import Killer
from sandbox.chaos.points import Point, control
from sandbox.chaos.violations import expect
from sandbox.stack import Answer, request
from sandbox.stage import Stage

_RESULTS = [
    f"payment_intent.{status}"
    for status in ("succeeded", "payment_failed", "processing", "requires_action", "canceled", "created")
]
_LONGEST_WAIT = timedelta(hours=1)


def customer_request(external_id: str, code: str | None = None) -> dict[str, Any]:
    """The request that creates a customer, who may pay by card or by bank debit; `code`: of another integration."""
    billing: dict[str, Any] = {"payment_provider": "stripe", "provider_payment_methods": ["card", "sepa_debit"]}
    if code:
        billing["payment_provider_code"] = code
    return {"customer": {"external_id": external_id, "name": "Anna", "billing_configuration": billing}}


class Chaos:
    """One organization with a connected account, whose functions can be killed."""

    def __init__(self, stage: Stage, killer: Killer) -> None:
        self.stage = stage
        self.stack = stage.stack
        self.killer = killer
        self.invoices: dict[str, str] = {}
        """All that were made: what each must come to in the end."""
        self._payers: dict[str, str] = {}
        self._stop_schedule()

    def repeated(self, point: Point, function: str, call: Callable[[], Answer]) -> Answer:
        """A caller whose request is cut off by the kill and who sends it again; the second answer."""
        first = self.killer.kill_at(point, function, call, is_answered_by_it=True)
        expect(first.status >= 500, f"the killed {function} answered {first.status} {first.body}")
        second = call()
        expect(second.status == 200, f"repeating was answered {second.status} {second.body}")
        return second

    def invoked_again(self, point: Point, function: str, payload: dict[str, Any]) -> Any:
        """An operator whose call is cut off by the kill and who invokes the function again; the second answer."""
        invoke = partial(self.invoke, function, payload, waits=True)
        killed = self.killer.kill_at(point, function, invoke, is_answered_by_it=True)
        expect("FunctionError" in killed, f"the killed {function} answered {killed}")
        again = self.invoke(function, payload, waits=True)
        answer = json.loads(again["Payload"].read())
        expect("FunctionError" not in again, f"invoked again, {function} failed: {answer}")
        return answer

    def invoke(self, function: str, payload: dict[str, Any], *, waits: bool) -> Any:
        """Invoke a function as AWS does: and wait for its answer, or not; then Lambda repeats what failed."""
        kind = "RequestResponse" if waits else "Event"
        client = self.stack.emulator.client("lambda")
        answer = client.invoke(
            FunctionName=self.killer.functions[function], Payload=json.dumps(payload), InvocationType=kind
        )
        return answer if waits else None

    def _stop_schedule(self) -> None:
        """It would hand out what a scene is about to, and mend what was to be mended otherwise."""
        events = self.stack.emulator.client("events")
        for function in ("hand-out-due", "check-accounts"):
            (rule,) = events.list_rule_names_by_target(TargetArn=self._arn(function))["RuleNames"]
            events.disable_rule(Name=rule)

    def _arn(self, function: str) -> str:
        answer = self.stack.emulator.client("lambda").get_function(FunctionName=self.killer.functions[function])
        arn: str = answer["Configuration"]["FunctionArn"]
        return arn

    def run_schedule(self) -> None:
        """What would happen each minute: the schedule's event for hand-out-due."""
        self.invoke("hand-out-due", json.loads((REPOSITORY / "events" / "hand-out-due.json").read_text()), waits=False)

    def let_time_pass(self, lago_id: str, attribute: str) -> None:
        """An hour for one invoice: its `due_at` or `claimed_until` is written back by so much, if it has one."""
        dynamodb = self.stack.emulator.client("dynamodb")
        item = self.item(lago_id)
        if attribute not in item:
            return
        earlier = datetime.fromisoformat(item[attribute]["S"]) - _LONGEST_WAIT
        try:
            dynamodb.update_item(
                TableName=self.stack.outputs["InvoicesTable"],
                Key={name: item[name] for name in ("organization_id", "lago_id")},
                UpdateExpression=f"SET {attribute} = :earlier",
                ConditionExpression=f"{attribute} = :seen",
                ExpressionAttributeValues={
                    ":earlier": {"S": earlier.isoformat(timespec="milliseconds")},
                    ":seen": item[attribute],
                },
            )
        except dynamodb.exceptions.ConditionalCheckFailedException:
            """Another function wrote it just now: the next time will do."""

    def claimed(self) -> list[str]:
        """The invoices that a function claims to be collecting, or claimed until some time ago."""
        pages = self.stack.emulator.client("dynamodb").get_paginator("scan")
        found = pages.paginate(
            TableName=self.stack.outputs["InvoicesTable"], FilterExpression="attribute_exists(claimed_until)"
        )
        return [item["lago_id"]["S"] for page in found for item in page["Items"]]

    def item(self, lago_id: str) -> dict[str, Any]:
        """An invoice as it is in the table; empty if it is not there."""
        answer = self.stack.emulator.client("dynamodb").get_item(
            TableName=self.stack.outputs["InvoicesTable"],
            Key={"organization_id": {"S": self.stage.organization_id}, "lago_id": {"S": lago_id}},
            ConsistentRead=True,
        )
        item: dict[str, Any] = answer.get("Item", {})
        return item

    @contextmanager
    def results_kept_back(self) -> Iterator[None]:
        """Inside, Stripe sends no event about a payment: something else has to find out. After it, all comes in reverse
        order.
        """
        control(self.stack, "POST", "webhooks", {"mode": "reorder", "count": 1000, "types": _RESULTS})
        try:
            yield
        finally:
            control(self.stack, "DELETE", "webhooks")

    def fault(self, kind: str, call: str, times: int) -> None:
        """The next calls of Stripe meet a fault: see `sandbox.stripe.faults`."""
        method, _, path = call.partition(" ")
        control(self.stack, "POST", "faults", {"kind": kind, "method": method, "path": path, "times": times})

    def set_outcome(self, payment_method: str, outcome: str | None) -> None:
        """How this payment method is declined from now on; None: it is charged."""
        control(self.stack, "POST", f"payment_methods/{payment_method}", {"outcome": outcome})

    def customer(self, payment_method: str | None = None, *, code: str | None = None) -> str:
        """A new customer, created in Stripe, with this payment method; its external id."""
        external_id = f"customer-{uuid4()}"
        self.stage.call("POST", "customers", customer_request(external_id, code))
        if payment_method:
            self.stage.set_default_card(self.provider_id(external_id), payment_method)
            self.stage.wait_for_card(external_id)
        return external_id

    def debtor(self) -> str:
        """A new customer who pays by bank debit: Stripe's event about it comes some time later."""
        debit = self.stage.stripe.v1.payment_methods.create(
            {
                "type": "sepa_debit",
                "sepa_debit": {"iban": "DE89370400440532013000"},
                "billing_details": {"name": "Frida", "email": "frida@example.com"},
            }
        )
        return self.customer(debit.id)

    def payer(self, payment_method: str) -> str:
        """A customer with this payment method, made when one is first asked for."""
        if payment_method not in self._payers:
            self._payers[payment_method] = self.customer(payment_method)
        return self._payers[payment_method]

    def provider_id(self, external_id: str) -> str:
        found: str = self.stage.customer(external_id)["provider_customer_id"]
        return found

    def try_invoice(self, external_id: str, idempotency_key: str, amount: int = 4200) -> Answer:
        """The request that creates an invoice."""
        fee = {"add_on_code": "subscription", "units": 1, "unit_amount_cents": amount}
        body = {"invoice": {"external_customer_id": external_id, "currency": "EUR", "fees": [fee]}}
        return request(
            "POST",
            f"{self.stack.api_url}api/v1/invoices",
            body,
            api_key=self.stage.key["api_key"],
            headers={"Idempotency-Key": idempotency_key},
        )

    def invoice(self, external_id: str, becomes: str = "succeeded") -> str:
        """A new invoice, on whose end the last checks insist; its id."""
        lago_id = self.stage.invoice(external_id, 4200)
        self.invoices[lago_id] = becomes
        return lago_id

    def invoice_item(self, external_id: str) -> str:
        """As `invoice`, but put into the table by the main application itself."""
        lago_id = self.stage.put_item(external_id, total_amount_cents={"N": "4200"})
        self.invoices[lago_id] = "succeeded"
        return lago_id

    def intents(self) -> dict[str, list[Any]]:
        """All payment intents at Stripe by the invoice they name."""
        found: dict[str, list[Any]] = {}
        for intent in self.stage.stripe.v1.payment_intents.list({"limit": 100}).auto_paging_iter():
            found.setdefault(intent.metadata["lago_invoice_id"], []).append(intent)
        return found
