"""Kills at random moments, while invoices flow. The seed chooses whom and when; the machine's timing does the rest."""

import random
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

from sandbox.chaos.violations import expect
from sandbox.chaos.world import Chaos, customer_request
from sandbox.stack import Answer

_CARDS = {
    "pm_card_visa": "succeeded",
    "pm_card_mastercard": "succeeded",
    "pm_card_chargeCustomerFail": "failed",
}
_WITH_A_CARD = 52
_BEFORE_THE_CARD = 8
_KILLS = 60
_LONGEST_SECONDS = 60.0
_PAUSES = (0.1, 0.8)
_CALLERS = 2
_TRIES = 30
_PAUSE_SECONDS = 0.2
_PASSES_EVERY = 5.0
_PASSES_WITHOUT_EFFECT = 40


class Storm:
    """So many invoices of customers whose cards work or decline, so many kills, and then calm."""

    def __init__(self, chaos: Chaos, seed: int) -> None:
        self._chaos = chaos
        self._seed = seed
        self._random = random.Random(seed)
        self._killed: Counter[str] = Counter()

    def run(self) -> None:
        """Returns once every invoice has come to its end. Raises ViolationError, TimeoutError."""
        chaos = self._chaos
        customers = {chaos.payer(card): becomes for card, becomes in _CARDS.items()}
        ways = [self._through_the_api, self._into_the_table]
        orders = [(self._random.choice(ways), self._random.choice(list(customers))) for _ in range(_WITH_A_CARD)]
        orders += [(self._before_the_card, f"late-{uuid4()}") for _ in range(_BEFORE_THE_CARD)]
        self._random.shuffle(orders)
        chaos.stage.say(f"random part, seed {self._seed}: {len(orders)} invoices, up to {_KILLS} kills")
        with ThreadPoolExecutor(_CALLERS + 1) as workers:
            killer = workers.submit(self._kill_at_random)
            made = list(workers.map(lambda order: order[0](order[1]), orders))
            for (_, customer), lago_id in zip(orders, made, strict=True):
                chaos.invoices[lago_id] = customers.get(customer, "succeeded")
            chaos.stage.say(f"{len(made)} invoices are stored")
            killer.result()
        times = ", ".join(f"{name} {number}" for name, number in sorted(self._killed.items()))
        chaos.stage.say(f"{self._killed.total()} processes killed at random moments: {times}")
        self._wait_for_calm(made)

    def _through_the_api(self, customer: str) -> str:
        """An invoice that is asked for until it is stored; its id."""
        key = str(uuid4())
        lago_id: str = self._persist(lambda: self._chaos.try_invoice(customer, key))["invoice"]["lago_id"]
        return lago_id

    def _into_the_table(self, customer: str) -> str:
        """An invoice that the main application puts there; its id."""
        return self._chaos.stage.put_item(customer, total_amount_cents={"N": "4200"})

    def _before_the_card(self, customer: str) -> str:
        """A new customer, whose card is saved after the invoice was made; the invoice's id."""
        stage = self._chaos.stage
        created = self._persist(lambda: stage.try_call("POST", "customers", customer_request(customer)))
        lago_id = self._through_the_api(customer)
        stage.save_card(created["customer"]["billing_configuration"]["provider_customer_id"], "pm_card_visa")
        return lago_id

    def _persist(self, call: Callable[[], Answer]) -> Any:
        """Repeat a request that is cut off; its answer."""
        for _ in range(_TRIES):
            answer = call()
            if answer.status == 200:
                return answer.body
            expect(answer.status >= 500, f"a request was answered {answer.status} {answer.body}")
            time.sleep(_PAUSE_SECONDS)
        raise TimeoutError(f"a request was cut off {_TRIES} times")

    def _kill_at_random(self) -> None:
        """A process is killed whether it is at work or waits for some; one that waits is replaced when work comes."""
        deadline = time.monotonic() + _LONGEST_SECONDS
        while self._killed.total() < _KILLS and time.monotonic() < deadline:
            time.sleep(self._random.uniform(*_PAUSES))
            functions = sorted(self._chaos.killer.functions)
            for function in self._random.sample(functions, len(functions)):
                pids = self._chaos.killer.pids(function)
                if pids and self._chaos.killer.kill_process(function, self._random.choice(pids)):
                    self._killed[function] += 1
                    self._let_claims_pass()
                    break

    def _let_claims_pass(self) -> None:
        """The queue brings a message again after seconds: the claims of a killed function must not last minutes."""
        for lago_id in self._chaos.claimed():
            self._chaos.let_time_pass(lago_id, "claimed_until")

    def _wait_for_calm(self, made: list[str]) -> None:
        """What is open is due: time passes, the schedule runs. Not for ever: each pass is something that goes on."""
        chaos, next_pass, passes_without_effect = self._chaos, 0.0, 0

        def all_closed() -> bool:
            nonlocal next_pass, passes_without_effect
            before = len(open_ones)
            found = {lago_id: chaos.stage.find_invoice(lago_id) for lago_id in open_ones}
            open_ones[:] = [i for i, one in found.items() if one is None or one["payment_status"] == "pending"]
            if len(open_ones) < before:
                passes_without_effect = 0
            if passes_without_effect == _PASSES_WITHOUT_EFFECT:
                items = [chaos.item(lago_id) or lago_id for lago_id in open_ones]
                raise TimeoutError(f"the schedule ran {_PASSES_WITHOUT_EFFECT} times without effect on {items}")
            if open_ones and time.monotonic() > next_pass:
                passes_without_effect += 1
                next_pass = time.monotonic() + _PASSES_EVERY
                for lago_id in open_ones:
                    chaos.let_time_pass(lago_id, "due_at")
                chaos.run_schedule()
            return not open_ones

        open_ones = list(made)
        chaos.stack.wait_for("every invoice to come to its end", all_closed)
        chaos.stage.say("every invoice has come to its end")
