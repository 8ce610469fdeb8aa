"""What must hold when all is quiet: nothing is under way any more, and the table says what Stripe says."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from aws_in_memory.dynamodb.tables import Key
from aws_in_memory.dynamodb.values import Item
from aws_in_memory.https_subscriptions import HttpsSubscription
from aws_in_memory.stack import STACK_NAME
from sandbox.stripe.accounts import Account
from sandbox.stripe.wire import JsonObject

from .deletions import deletion_complaints
from .disputes import dispute_complaints
from .invariants import ViolationError
from .overdue import overdue_complaints
from .quiet_figures import figure_complaints
from .quiet_money import money_complaints
from .redriving import SET_ASIDE
from .refunds import refund_complaints
from .terms import complaints_about_parking, is_of_its_terms
from .wallets import BY_TRANSFER
from .workload import Workload
from .world import World

_SETTLED = (("voided", "failed"), ("finalized", "succeeded"))
_LONGEST_DELAY = 300.0
"""Seconds, from the time at which an invoice is due until it is looked at."""
_CLOSED = ("succeeded", "failed")


@dataclass(slots=True)
class Quiet:
    """Compares all that there is. Every complaint is collected; `check` raises them together."""

    world: World
    workload: Workload
    _of_pages_that_ended: frozenset[str] = field(init=False)
    """The ids of the intents that were made on a page of Stripe that is not open any more."""

    def __post_init__(self) -> None:
        pages = (page for account in self.world.stripe.accounts.values() for page in account.checkout_sessions)
        self._of_pages_that_ended = frozenset(page["payment_intent"] for page in pages if page["status"] != "open")

    def check(self) -> None:
        """Raises ViolationError."""
        complaints = [
            *self._each_invoice_that_was_brought_is_there(),
            *self._each_intent_is_on_record(),
            *self._each_payment_is_as_stripe_has_it(),
            *self._each_invoice_is_as_stripe_has_it(),
            *self._each_notification_was_published(),
            *self._each_failure_was_notified_once(),
            *self._each_success_was_notified_once(),
            *self._how_each_invoice_ended_was_notified(),
            *refund_complaints(self.world),
            *money_complaints(self.world),
            *self._each_second_payment_is_on_record(),
            *dispute_complaints(self.world),
            *figure_complaints(self.world),
            *overdue_complaints(self.world),
            *deletion_complaints(self.world),
            *self._each_page_that_nobody_asked_for_was_notified_once(),
            *self._each_webhook_endpoint_is_subscribed_and_nothing_else(),
            *self._each_webhook_endpoint_has_a_dead_letter_queue_and_nothing_else(),
            *self._what_is_disconnecting_is_gone(),
            *self._nothing_is_left_over(),
            *self._all_is_redriven(),
            *sorted(self.world.effects.denied),
        ]
        if complaints:
            raise ViolationError(f"{len(complaints)} when quiet: " + "; ".join(complaints[:12]))

    def _each_invoice_that_was_brought_is_there(self) -> Iterator[str]:
        invoices, payments = self._invoices(), self._payments_by_invoice()
        for key, kind in self.workload.expected.items():
            item = invoices.get(key)
            if item is None:
                yield f"invoice {key} is gone"
            elif "customer_key" not in item:
                yield f"invoice {key} ({kind}) was never taken in"
            else:
                yield from complaints_about_parking(key, item, kind, payments.get(key, ()))

    def _each_intent_is_on_record(self) -> Iterator[str]:
        payments = self._payments()
        by_intent = {item["provider_payment_id"]["S"] for item in payments.values() if "provider_payment_id" in item}
        for intent in self._intents():
            is_ours = "lago_payment_id" in intent["metadata"] and not _is_another_systems(intent)
            if is_ours and intent["id"] not in by_intent:
                yield f"intent {intent['id']} ({intent['status']}) is on no payment"

    def _each_second_payment_is_on_record(self) -> Iterator[str]:
        """If Stripe's event has come: nobody asks for it. It goes back automatically where that is set."""
        by_intent = {item.get("provider_payment_id", {}).get("S"): item for item in self._payments().values()}
        for account in self.world.stripe.accounts.values():
            goes_back = any(one.refunds_second_payments for one in self.workload.connections if one.account is account)
            for intent in filter(_is_another_systems, self._heard_successes(account)):
                if intent["id"] not in by_intent:
                    yield f"intent {intent['id']} was paid a second time, and is on no payment"
                elif goes_back and not self._has_gone_back(by_intent[intent["id"]]):
                    yield f"intent {intent['id']} was paid a second time, and has not gone back"

    def _heard_successes(self, account: Account) -> Iterator[JsonObject]:
        for event in account.events:
            if event.get("type") == "payment_intent.succeeded" and event["id"] in self.world.webhooks.taken:
                yield event["data"]["object"]

    def _has_gone_back(self, second: Item) -> bool:
        """It, or as much of what was paid first, if it is too much; what a lost dispute took is owed again.

        Nothing does as long as the item is parked: what is owed is not known.
        """
        invoice = self._invoice_of(second)
        paid, owed = (int(invoice[name]["N"]) for name in ("total_paid_amount_cents", "total_amount_cents"))
        if "problem" in invoice or paid <= owed:
            return True
        is_owed_again = "payment_dispute_lost_at" in invoice
        return bool(second["refunds"]["L"]) or invoice["total_refunded_amount_cents"]["N"] != "0" or is_owed_again

    def _each_payment_is_as_stripe_has_it(self) -> Iterator[str]:
        intents, ended = {intent["id"]: intent for intent in self._intents()}, self._of_pages_that_ended
        for key, payment in self._payments().items():
            intent_id = payment.get("provider_payment_id", {}).get("S")
            intent = intents.get(intent_id or "")
            if intent_id is None:
                yield from _compare_without_an_intent(key, payment)
            elif intent is None:
                yield f"payment {key} has an intent that Stripe has not: {intent_id}"
            elif payment["payment_status"]["S"] != "failed" or not _is_over(intent, ended):
                yield from _compare_with_its_intent(key, payment, intent)

    def _each_invoice_is_as_stripe_has_it(self) -> Iterator[str]:
        statuses: dict[str, list[JsonObject]] = {}
        by_intent = {
            item["provider_payment_id"]["S"]: item
            for item in self._payments().values()
            if "provider_payment_id" in item
        }
        for intent in filter(lambda one: self._counts(one, by_intent.get(one["id"])), self._intents()):
            statuses.setdefault(intent["metadata"].get("lago_invoice_id", ""), []).append(intent)
        for key, item in self._invoices().items():
            if "customer_key" in item and "problem" not in item:
                yield from self._compare(key, item, statuses.get(item["lago_id"]["S"], []))

    def _counts(self, intent: JsonObject, payment: Item | None) -> bool:
        """Not what another system has made, unless it is on record, nor what has come in another currency, say."""
        if payment is None:
            return not _is_another_systems(intent)
        return intent["status"] != "succeeded" or is_of_its_terms(self._invoice_of(payment), payment)

    def _compare(self, key: Key, item: Item, intents: list[JsonObject]) -> Iterator[str]:
        status, paid = item["payment_status"]["S"], int(item["total_paid_amount_cents"]["N"])
        received = sum(intent["amount_received"] for intent in intents if intent["status"] == "succeeded")
        by_hand = self._came_by_hand(item)
        if paid != received + by_hand:
            yield f"invoice {key} has {paid} paid, Stripe has received {received}, {by_hand} came by hand"
        is_paid = received + by_hand >= int(item["total_amount_cents"]["N"])
        wanted = "succeeded" if is_paid else self._status_of_what_is_not_paid(item, intents)
        if status != wanted:
            yield f"invoice {key} is {status}, Stripe says {wanted}"
        elif status == "failed":
            yield from self._what_failed_is_closed(key, item, intents)
            yield from self._all_methods_are_tried(key, item)
        elif status == "pending":
            yield from self._what_is_pending_has_a_reason(key, item, intents)

    def _came_by_hand(self, item: Item) -> int:
        """In minor units."""
        return sum(int(one["amount_cents"]["N"]) for one in self._payments_of(item) if _is_by_hand(item, one))

    def _status_of_what_is_not_paid(self, item: Item, intents: list[JsonObject]) -> str:
        if item["status"]["S"] == "voided" and item["payment_status"]["S"] != "succeeded":
            # A void leaves it as it was, whatever comes in another currency after it.
            return str(item["payment_status"]["S"])
        if intents and intents[-1]["status"] == "succeeded":
            # It has brought a part: whether the rest is asked for follows from the settings.
            return str(item["payment_status"]["S"])
        if intents:
            return "failed" if intents[-1]["status"] in ("requires_payment_method", "canceled") else "pending"
        return "failed" if self._was_refused(item) else "pending"

    def _what_is_pending_has_a_reason(self, key: Key, item: Item, intents: list[JsonObject]) -> Iterator[str]:
        if intents and intents[-1]["status"] == "requires_action":
            yield from self._what_the_customer_is_to_do_is_notified(key, item)
        elif item["status"]["S"] != "voided":
            yield from self._explain(key, item)

    def _what_the_customer_is_to_do_is_notified(self, key: Key, item: Item) -> Iterator[str]:
        """Unless the invoice is owed no more: then nobody is to do anything."""
        if item["status"]["S"] == "voided":
            yield f"invoice {key} is voided, and its intent can still be paid"
        for payment in self._payments_of(item):
            lago_id, is_waiting = payment["lago_id"]["S"], payment.get("status") == {"S": "requires_action"}
            if is_waiting and not self.world.subscriber.keys("payment.requires_action", lago_id):
                yield f"that payment {lago_id} waits for the customer was never notified"

    def _what_failed_is_closed(self, key: Key, item: Item, intents: list[JsonObject]) -> Iterator[str]:
        """Nothing can come of it any more, or it will be looked at."""
        due_at = item.get("due_at", {}).get("S")
        long_ago = self.world.clock.now() - _LONGEST_DELAY
        if due_at and datetime.fromisoformat(due_at).timestamp() < long_ago:
            yield f"invoice {key} is failed, and nobody has looked at it since {due_at}"
        elif due_at is None and intents and intents[-1]["status"] != "succeeded" and not self._is_closed(intents[-1]):
            yield f"invoice {key} is failed, and its intent {intents[-1]['id']} can still be paid"

    def _is_closed(self, intent: JsonObject) -> bool:
        return _is_over(intent, self._of_pages_that_ended)

    def _all_methods_are_tried(self, key: Key, item: Item) -> Iterator[str]:
        """What failed was tried with the payment method that the customer is known to have, or will be looked at."""
        customer_key = (item["organization_id"]["S"], item["external_customer_id"]["S"])
        customer = self.world.database.tables["CustomersTable"].get(customer_key) or {}
        method = customer.get("payment_method_id", {}).get("S")
        method = BY_TRANSFER if _pays_by_transfer(customer) else method
        tried = {value["S"] for value in item["declined_payment_method_ids"]["L"]}
        if "waiting_for" in item and "due_at" not in item and method and not {method, ""} & tried:
            yield f"invoice {key} is failed, and was never tried with {method}"

    def _was_refused(self, item: Item) -> bool:
        """Whether Stripe refused the payment before there was an intent."""
        return any(
            payment.get("payment_status") == {"S": "failed"} and "provider_payment_id" not in payment
            for payment in self._payments_of(item)
        )

    def _payments_of(self, item: Item) -> list[Item]:
        table = self.world.database.tables["PaymentsTable"]
        index = table.indexes["by_invoice"]
        index.catch_up()
        partition = f"{item['organization_id']['S']}#{item['lago_id']['S']}"
        keys = [position[-2:] for position in index.order.span(partition, None, None, None, forward=True)]
        return [found for key in keys if (found := table.get(key)) is not None]

    def _explain(self, key: Key, item: Item) -> Iterator[str]:
        """Why the invoice is open when all is quiet: the world must know a reason."""
        waiting_for = item.get("waiting_for", {}).get("S")
        organization_id, external_id = item["organization_id"]["S"], item["external_customer_id"]["S"]
        customer = self.world.database.tables["CustomersTable"].get((organization_id, external_id))
        if customer is None:
            reason = "customer"
        elif "payment_provider_code" not in customer:
            reason = "integration"
        elif "provider_customer_id" not in customer:
            reason = "provider_customer"
        else:
            reason = "" if self._can_pay(customer) else "payment_method"
        if not reason or waiting_for != reason:
            known = reason or "none"
            yield f"invoice {key} is open without a reason: it waits for {waiting_for}, the world knows {known}"

    def _can_pay(self, customer: Item) -> bool:
        """Whether Stripe knows a default method, whatever its events said."""
        for account in self.world.stripe.accounts.values():
            found = account.customers.get(customer["provider_customer_id"]["S"])
            if found is not None and not found.get("deleted"):
                return found["invoice_settings"]["default_payment_method"] is not None
        return False

    def _each_notification_was_published(self) -> Iterator[str]:
        times = self.world.subscriber.times
        ids = {key[1] for key in self.world.invariants.notifications}
        for key, webhook_type in self.world.invariants.notifications.items():
            if key[1] not in times:
                yield f"notification {key} ({webhook_type}) was never published"
        for unique_key in times.keys() - ids:
            yield f"a message was published that is in no outbox: {unique_key}"

    def _ended_unasked(self, key: Key) -> bool:
        """Whether the payment waited for the customer, and was closed because its invoice was settled otherwise."""
        payment = self.world.database.tables["PaymentsTable"].get(key)
        if payment is None or ("link" not in payment and payment["status"] != {"S": "canceled"}):
            return False
        invoice = self.world.database.tables["InvoicesTable"].get((key[0], payment["invoice_id"]["S"]))
        return invoice is not None and (invoice["status"]["S"], invoice["payment_status"]["S"]) in _SETTLED

    def _each_failure_was_notified_once(self) -> Iterator[str]:
        for key in sorted(self.world.invariants.failed_payments):
            notified = self.world.subscriber.keys("invoice.payment_failure", key[1])
            if len(notified) > 1 or (not notified and not self._ended_unasked(key)):
                yield f"the failure of payment {key} was notified {len(notified)} times"

    def _each_success_was_notified_once(self) -> Iterator[str]:
        for key, payment in self._payments().items():
            notified = self.world.subscriber.keys("payment.succeeded", key[1])
            if payment["payment_status"]["S"] == "succeeded" and len(notified) != 1:
                yield f"the success of payment {key} was not notified once"

    def _how_each_invoice_ended_was_notified(self) -> Iterator[str]:
        for key, item in self._invoices().items():
            status = item.get("payment_status", {}).get("S")
            is_notified = status in _CLOSED and "problem" not in item and int(item["total_amount_cents"]["N"]) > 0
            if is_notified and not self.world.subscriber.keys("invoice.payment_status_updated", f"{key[1]} {status}"):
                yield f"that invoice {key} is {status} was never notified"

    def _each_page_that_nobody_asked_for_was_notified_once(self) -> Iterator[str]:
        """Where it is, too: the customer is led there by the notification."""
        for key, payment in self._payments().items():
            link = payment.get("link", {"M": {}})["M"]
            was_refused = payment.get("key_number", {"N": "0"}) != {"N": "0"}
            is_notified = "url" in link and (link["follows_failure"]["BOOL"] or was_refused)
            notified = len(self.world.subscriber.keys("payment.requires_action", key[1]))
            if "link" in payment and notified != is_notified:
                yield f"the page of payment {key} was notified {notified} times"

    def _each_webhook_endpoint_is_subscribed_and_nothing_else(self) -> Iterator[str]:
        items = self.world.database.tables["WebhookEndpointsTable"].items()
        yield from (f"the webhook endpoints of {key} are not settled" for key, item in items if "due_at" in item)
        there = [(one.arn, _chosen(one)) for one in self.world.topics.https.all()]
        wanted = [_wanted(endpoint) for endpoint in self._webhook_endpoints() if _is_confirmed(endpoint)]
        if sorted(there) != sorted(wanted):
            yield f"SNS has the subscriptions {there}, the endpoints want {wanted}"

    def _each_webhook_endpoint_has_a_dead_letter_queue_and_nothing_else(self) -> Iterator[str]:
        ids = (endpoint["lago_id"]["S"].replace("-", "") for endpoint in self._webhook_endpoints())
        queues = {f"{STACK_NAME}-webhook-{lago_id}" for lago_id in ids}
        if queues != set(self.world.queues.made):
            yield f"dead-letter queues {sorted(self.world.queues.made)}, wanted {sorted(queues)}"

    def _webhook_endpoints(self) -> list[Item]:
        items = self.world.database.tables["WebhookEndpointsTable"].items()
        return [value["M"] for _, item in items for value in item["endpoints"]["L"]]

    def _what_is_disconnecting_is_gone(self) -> Iterator[str]:
        """Unless something is on its way in its account: what waits for a customer may be for a long time."""
        busy = {item["in_flight_key"]["S"] for item in self._payments().values() if "in_flight_key" in item}
        for key, item in self.world.database.tables["IntegrationsTable"].items():
            if "disconnecting_since" in item and f"{key[0]}#{item['account_key']['S']}" not in busy:
                yield f"integration {key} is disconnecting, and nothing is on its way through it"

    def _nothing_is_left_over(self) -> Iterator[str]:
        for mapping in self.world.mappings:
            if mapping.backlog():
                yield f"{mapping.settings.function} has {mapping.backlog()} records to do"
            if mapping.trimmed:
                yield f"{mapping.settings.function} lost {len(mapping.trimmed)} records"
        for url, queue in self.world.queues.queues.items():
            held = queue.held()
            if held and queue.most_receives is not None:
                yield f"{url} has {len(held)} messages"
        if self.world.compute.running:
            yield f"{len(self.world.compute.running)} functions still run"

    def _all_is_redriven(self) -> Iterator[str]:
        for bucket in self.world.buckets.names:
            if self.world.buckets.list_objects_v2(Bucket=bucket, Prefix=SET_ASIDE)["KeyCount"]:
                yield f"{bucket} has records that failed for good"

    def _intents(self) -> Iterator[JsonObject]:
        for account in self.world.stripe.accounts.values():
            yield from account.payment_intents

    def _invoices(self) -> Mapping[Key, Item]:
        return dict(self.world.database.tables["InvoicesTable"].items())

    def _invoice_of(self, payment: Item) -> Item:
        """Raises LookupError if it is not there."""
        key = (payment["organization_id"]["S"], payment["invoice_id"]["S"])
        item = self.world.database.tables["InvoicesTable"].get(key)
        if item is None:
            raise LookupError(f"there is no invoice {key}")
        return item

    def _payments_by_invoice(self) -> Mapping[Key, list[Item]]:
        """All that came, by hand, too, by the invoice's key."""
        found: dict[Key, list[Item]] = {}
        for key, item in self.world.database.tables["PaymentsTable"].items():
            found.setdefault((key[0], item["invoice_id"]["S"]), []).append(item)
        return found

    def _payments(self) -> Mapping[Key, Item]:
        """All attempts: what came by hand is not among them."""
        return {key: item for key, item in self.world.database.tables["PaymentsTable"].items() if "attempt" in item}


def _compare_without_an_intent(key: Key, payment: Item) -> Iterator[str]:
    status = payment["payment_status"]["S"]
    if status == "failed" and "failure" not in payment:
        yield f"payment {key} failed without a reason"
    elif status in ("succeeded", "processing"):
        yield f"payment {key} is {status} without an intent"


def _compare_with_its_intent(key: Key, payment: Item, intent: JsonObject) -> Iterator[str]:
    status, amount = payment["status"]["S"], int(payment["amount_cents"]["N"])
    if (status, amount) != (intent["status"], intent["amount"]):
        yield f"payment {key} is {status} over {amount}, its intent {intent['status']} over {intent['amount']}"


def _is_over(intent: JsonObject, of_pages_that_ended: frozenset[str]) -> bool:
    """Whether nobody can pay it any more. An item that replaced another forgets that its last attempt was being
    closed; Stripe cancels no intent of a page.
    """
    has_failed = intent["status"] == "requires_payment_method"
    return intent["status"] == "canceled" or (has_failed and intent["id"] in of_pages_that_ended)


def _is_another_systems(intent: JsonObject) -> bool:
    """Made by another system that collected once more under the name of a payment."""
    return "made_by" in intent["metadata"]


def _pays_by_transfer(customer: Item) -> bool:
    return customer.get("provider_payment_methods") == {"L": [{"S": BY_TRANSFER}]}


def _is_confirmed(endpoint: Item) -> bool:
    status: str = endpoint["subscription"]["M"]["status"]["S"]
    return status == "confirmed"


def _wanted(endpoint: Item) -> tuple[str, list[str]]:
    """The subscription's ARN, and the types of events that it is to let through; none are all."""
    types = endpoint.get("event_types", {"L": []})["L"]
    return endpoint["subscription"]["M"]["arn"]["S"], [value["S"] for value in types]


def _chosen(subscription: HttpsSubscription) -> list[str]:
    types: list[str] = json.loads(subscription.attributes["FilterPolicy"]).get("webhook_type", [])
    return types


def _is_by_hand(item: Item, payment: Item) -> bool:
    return "attempt" not in payment and is_of_its_terms(item, payment)
