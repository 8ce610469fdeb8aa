"""What happens to the people of a world besides new invoices: to customers, to accounts, to what was brought lately."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from aws_in_memory.dynamodb.tables import Key
from aws_in_memory.dynamodb.values import Item
from paystream.model.identifiers import payment_id

from .wallets import BY_TRANSFER, tokens_on_a_page, wallet_of
from .workload import CODE, Connection, Payer, Workload
from .world import World

_WEIGHTS = {
    "card": 20,
    "gone": 10,
    "relink": 10,
    "rename": 10,
    "rotate": 10,
    "refuse": 10,
    "reconnect": 10,
    "move": 4,
    "retry": 30,
    "link": 15,
    "page": 30,
    "void": 3,
    "by hand": 15,
    "refund": 20,
    "collected again": 8,
    "dispute": 10,
    "transfer": 20,
}


@dataclass(slots=True)
class Disturbances:
    """Draws what happens, to whom, from the world's seed."""

    workload: Workload

    @property
    def world(self) -> World:
        return self.workload.world

    def disturb(self) -> None:
        """One of them. What nobody is there for does not happen."""
        random = self.world.random
        payer = random.choice(self.workload.payers)
        staying = [one for one in self.workload.connections if not one.is_moving]
        connection = random.choice(staying or [None])
        (what,) = random.choices(list(_WEIGHTS), list(_WEIGHTS.values()))
        self.world.trace.note("disturb", what)
        self.world.weather.counts[f"disturbance: {what}"] += 1
        happen = (
            self._to_customers(payer) | self._to_payments() | (self._to_an_account(connection) if connection else {})
        )
        if what in happen:
            happen[what]()

    def _to_customers(self, payer: Payer) -> dict[str, Callable[[], None]]:
        workload, tokens = self.workload, wallet_of(payer.kind).tokens
        return {
            "card": lambda: workload.change_card(payer, self.world.random.choice(tokens)),
            "gone": lambda: workload.remove_cards(payer),
            "relink": lambda: workload.link(payer, workload.stripe_customer(payer, tokens[0])),
            "rename": lambda: workload.rename(payer),
            "transfer": self._transfer_something,
        }

    def _to_an_account(self, connection: Connection) -> dict[str, Callable[[], None]]:
        workload = self.workload
        return {
            "rotate": lambda: workload.rotate(connection),
            "refuse": lambda: workload.refuse_key(connection, for_seconds=self.world.random.random() * 6 * 3600),
            "reconnect": lambda: workload.put_connection(connection),
            "move": lambda: self._move(connection),
            "page": lambda: self._use_some_page(connection),
            "dispute": lambda: self._decide_some_dispute(connection),
        }

    def _to_payments(self) -> dict[str, Callable[[], None]]:
        return {
            "retry": lambda: self._of_a_failed_invoice("retry_payment"),
            "link": lambda: self._of_a_failed_invoice("payment_url"),
            "void": lambda: self._of_a_failed_invoice("void"),
            "by hand": self._pay_by_hand,
            "refund": self._refund_some_payment,
            "collected again": self._collect_again,
        }

    def _move(self, connection: Connection) -> None:
        """The account goes on under another code: connected there, disconnected here, its customers linked again."""
        workload = self.workload
        workload.moves += 1
        connection.is_moving = True
        moved = Connection(
            connection.organization_id,
            f"moved-{workload.moves}",
            connection.account,
            connection.secret_key,
            refunds_second_payments=connection.refunds_second_payments,
            is_moving=True,
        )

        def connected(*_: Any) -> None:
            workload.connections.append(moved)
            code = {"code": connection.code}
            workload.request("DELETE", CODE, moved.organization_id, None, parameters=code, answered=disconnected)

        def disconnected(*_: Any) -> None:
            for payer in workload.payers:
                if (payer.organization_id, payer.code) == (connection.organization_id, connection.code):
                    payer.code = moved.code
                    workload.link_again(payer)
            workload.connections.remove(connection)
            moved.is_moving = False

        workload.put_connection(moved, answered=connected)

    def _of_a_failed_invoice(self, action: str) -> None:
        """Ask for something to be done about one of the invoices that were brought lately and failed."""
        for key, _ in self._lately("failed"):
            resource = f"/api/v1/invoices/{{lago_id}}/{action}"
            self.workload.request("POST", resource, key[0], None, parameters={"lago_id": key[1]})
            return

    def _pay_by_hand(self) -> None:
        """All that is owed of an invoice, or a part, comes outside of Stripe."""
        for key, item in self._lately("pending", "failed"):
            due = int(item["total_amount_cents"]["N"]) - int(item["total_paid_amount_cents"]["N"])
            share = self.world.random.choice((1, 1, 0.4))
            self.workload.pay_by_hand(key, max(1, int(due * share)))
            return

    def _refund_some_payment(self) -> None:
        """All, or a part, of the last payment of one of the invoices that were brought lately and paid."""
        for key, item in self._charged_lately():
            share = self.world.random.choice((None, 0.3, 0.6))
            amount = int(share * int(item["total_amount_cents"]["N"])) if share else None
            self.workload.refund(key[0], _last_payment_id(key, item), amount)
            return

    def _collect_again(self) -> None:
        """Somebody who may write to the account collects a second time, under the name of a payment."""
        for key, item in self._charged_lately():
            payment = self.world.database.tables["PaymentsTable"].get((key[0], _last_payment_id(key, item)))
            if payment and "provider_payment_id" in payment:
                self.workload.collect_again(payment["provider_payment_id"]["S"])
            return

    def _charged_lately(self) -> Iterator[tuple[Key, Item]]:
        for key, item in self._lately("succeeded"):
            if item["attempt"] != {"N": "0"} and item["total_amount_cents"] != {"N": "0"}:
                yield key, item

    def _lately(self, *statuses: str) -> Iterator[tuple[Key, Item]]:
        """Some of the invoices that were brought lately, with such a payment status."""
        table, recent = self.world.database.tables["InvoicesTable"], self.workload.recent
        for key in self.world.random.sample(recent, min(20, len(recent))):
            item = table.get(key) or {}
            if item.get("payment_status", {}).get("S") in statuses and "problem" not in item:
                yield key, item

    def _use_some_page(self, connection: Connection) -> None:
        """Somebody who was led to a page tries to pay there, with something that may be declined."""
        is_open = [
            page
            for page in connection.account.checkout_sessions
            if page["status"] == "open" and page["mode"] == "payment"
        ]
        if is_open:
            page = self.world.random.choice(is_open)
            tokens = tokens_on_a_page(page["payment_method_types"])
            self.workload.try_on_page(page["id"], self.world.random.choice(tokens))

    def _decide_some_dispute(self, connection: Connection) -> None:
        is_open = [dispute["id"] for dispute in connection.account.disputes if dispute["status"] == "needs_response"]
        if is_open:
            status = self.world.random.choice(("won", "lost"))
            self.world.stripe.control.close_dispute(self.world.random.choice(is_open), status)

    def _transfer_something(self) -> None:
        by_transfer = [payer for payer in self.workload.payers if payer.kind == BY_TRANSFER]
        if by_transfer:
            self.workload.transfer(self.world.random.choice(by_transfer))


def _last_payment_id(key: Key, item: Item) -> str:
    return payment_id(key[0], key[1], int(item["attempt"]["N"]))
