"""What happens to the people of a world besides new invoices: to customers, to accounts, to what was brought lately."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from aws_in_memory.dynamodb.tables import Key
from aws_in_memory.dynamodb.values import Item
from paystream.model.identifiers import payment_id

from . import items_again
from .coming_and_going import (
    change_how_fast_banks_are,
    delete_for_a_while,
    disconnect_for_a_while,
    lose_a_permission,
)
from .deletions import delete_at_stripe
from .restricted import refuse_for_a_while
from .strangers import collect_in_its_name, confirm_what_failed
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
    "confirmed": 30,
    "deleted": 5,
    "deleted at stripe": 10,
    "permission": 10,
    "restricted": 10,
    "banks": 10,
    "put again": 10,
    "put mistake": 5,
    "put customer": 5,
    "put amount": 10,
    "away by force": 5,
    "away": 5,
    "put currency": 5,
    "backup": 5,
    "put back": 5,
    "switch": 10,
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
            "switch": lambda: self._switch_types(payer),
            "deleted": lambda: delete_for_a_while(workload, payer),
            "deleted at stripe": lambda: delete_at_stripe(workload, payer),
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
            "away": lambda: disconnect_for_a_while(workload, connection, forced=False),
            "away by force": lambda: disconnect_for_a_while(workload, connection, forced=True),
            "permission": lambda: lose_a_permission(workload, connection),
            "restricted": lambda: refuse_for_a_while(workload, connection),
            "banks": lambda: change_how_fast_banks_are(workload),
        }

    def _to_payments(self) -> dict[str, Callable[[], None]]:
        return {
            "retry": lambda: self._of_a_failed_invoice("retry_payment"),
            "link": lambda: self._of_a_failed_invoice("payment_url"),
            "void": lambda: self._of_a_failed_invoice("void"),
            "by hand": self._pay_by_hand,
            "refund": self._refund_some_payment,
            "collected again": lambda: collect_in_its_name(self.workload),
            "put amount": lambda: items_again.replace_with_another_amount(self.workload),
            "put customer": lambda: items_again.replace_with_another_customer(self.workload),
            "put mistake": lambda: items_again.replace_with_a_mistake(self.workload),
            "put again": lambda: items_again.put_again(self.workload),
            "put currency": lambda: items_again.replace_with_another_currency(self.workload),
            "backup": lambda: items_again.take_a_backup(self.workload),
            "put back": lambda: items_again.put_back_from_the_backup(self.workload),
            "confirmed": lambda: confirm_what_failed(self.workload),
        }

    def _switch_types(self, payer: Payer) -> None:
        """The customer is to pay by bank transfer, which takes a country that it does not have, then as usual again."""
        workload = self.workload
        workload.switch_types(payer, BY_TRANSFER)
        later = self.world.clock.now() + self.world.random.random() * 3600
        self.world.scheduler.at(later, lambda: workload.switch_types(payer))

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
        for key, _ in self.workload.lately("failed"):
            resource = f"/api/v1/invoices/{{lago_id}}/{action}"
            self.workload.request("POST", resource, key[0], None, parameters={"lago_id": key[1]})
            return

    def _pay_by_hand(self) -> None:
        """All that is owed of an invoice, or a part, comes outside of Stripe."""
        for key, item in self.workload.lately("pending", "failed"):
            due = int(item["total_amount_cents"]["N"]) - int(item["total_paid_amount_cents"]["N"])
            share = self.world.random.choice((1, 1, 0.4))
            self.workload.pay_by_hand(key, max(1, int(due * share)), times=self._times())
            return

    def _refund_some_payment(self) -> None:
        """All, or a part, of the last payment of one of the invoices that were brought lately and paid."""
        for key, item in self._charged_lately():
            share = self.world.random.choice((None, 0.3, 0.6))
            amount = int(share * int(item["total_amount_cents"]["N"])) if share else None
            self.workload.refund(key[0], _last_payment_id(key, item), amount, times=self._times())
            return

    def _times(self) -> int:
        """How often one thing is asked for at once, under one Idempotency-Key."""
        return self.world.random.choice((1, 1, 2))

    def _charged_lately(self) -> Iterator[tuple[Key, Item]]:
        for key, item in self.workload.lately("succeeded"):
            if item["attempt"] != {"N": "0"} and item["total_amount_cents"] != {"N": "0"}:
                yield key, item

    def _use_some_page(self, connection: Connection) -> None:
        """A customer who was led to a page tries to pay there, with something that may be declined."""
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
