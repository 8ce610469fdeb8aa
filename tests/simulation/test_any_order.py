"""What people and machines do, in any order: Hypothesis looks for an order that breaks a rule, and shrinks it."""

from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from pytest_socket import disable_socket

from simulation.effects import Moment
from simulation.quiet import Quiet
from simulation.run import settle
from simulation.workload import Payer, Workload
from simulation.world import World

TOKENS = ("pm_card_visa", "pm_card_chargeCustomerFail", "pm_usBankAccount_success", "")
HOUR = 3600.0


class AnyOrder(RuleBasedStateMachine):
    """Each rule is one thing that happens; afterwards everything goes on until it is still, or only for some steps."""

    def __init__(self) -> None:
        super().__init__()
        disable_socket()
        self.world = World(1).__enter__()
        self.workload = Workload(self.world, 0)
        self.crash_in = 0
        self.crash_moment = Moment.BEFORE
        self.loses_events = False
        self.world.effects.crash_at = self._crash_at
        self.world.stripe.world.webhooks.disrupt = lambda delivery: [] if self.loses_events else [delivery]

    @initialize()
    def an_account_with_customers(self) -> None:
        connection = self.workload.connect(self.world.new_id(), "stripe")
        self.payers = [self.workload.add_payer(connection, f"customer-{n}", token) for n, token in enumerate(TOKENS)]

    @rule(payer=st.integers(0, 3), over=st.booleans())
    def put_an_invoice(self, payer: int, over: bool) -> None:
        if over and self.workload.put_items:
            self.workload.put(self.workload.put_items[0], "put", over=True)
            return
        item = self.workload.item(self._payer(payer))
        self.workload.put_items.append(item)
        self.workload.put(item, "put")

    @rule(payer=st.integers(0, 3))
    def ask_for_an_invoice(self, payer: int) -> None:
        self.workload.request_invoice(self._payer(payer), 4200)

    @rule(steps=st.integers(1, 40))
    def some_steps(self, steps: int) -> None:
        for _ in range(steps):
            self.world.step()

    @rule(seconds=st.sampled_from((60.0, 1200.0, HOUR)))
    def time_goes_by(self, seconds: float) -> None:
        self.world.run(self.world.clock.now() + seconds)

    @rule(seconds=st.sampled_from((300.0, 7 * HOUR, 25 * HOUR)))
    def time_leaps(self, seconds: float) -> None:
        self.world.jump(seconds)

    @rule(effects=st.integers(1, 12), moment=st.sampled_from(Moment))
    def a_process_is_killed_soon(self, effects: int, moment: Moment) -> None:
        self.crash_in, self.crash_moment = effects, moment

    @rule(loses=st.booleans())
    def events_are_lost_or_not(self, loses: bool) -> None:
        self.loses_events = loses

    @rule(kind=st.sampled_from(("500_after_commit", "cut_after_commit", "429", "hold", "truncated_body")))
    def stripe_is_in_trouble(self, kind: str) -> None:
        self.world.stripe.control.add_fault(kind, path="/v1/payment_intents*", times=2)

    @rule()
    def a_delivery_comes_twice(self) -> None:
        for _, delivery in self.world.webhooks.waiting[:1]:
            self.world.webhooks.deliver(delivery)

    @rule(payer=st.integers(0, 3), token=st.sampled_from(TOKENS[:2]))
    def a_card_is_changed(self, payer: int, token: str) -> None:
        self.workload.change_card(self._payer(payer), token)

    @rule()
    def a_key_is_rotated(self) -> None:
        self.workload.rotate(self.workload.connections[0])

    @rule(hours=st.integers(0, 5))
    def a_key_is_refused_for_a_while(self, hours: int) -> None:
        self.workload.refuse_key(self.workload.connections[0], for_seconds=hours * HOUR)

    @invariant()
    def nothing_was_violated(self) -> None:
        self.world.invariants.check()

    def teardown(self) -> None:
        try:
            self.crash_in = 0
            self.loses_events = False
            self.world.stripe.faults.clear()
            settle(self.world, self.workload)
            Quiet(self.world, self.workload).check()
        finally:
            self.world.__exit__()

    def _payer(self, number: int) -> Payer:
        return self.workload.payers[number]

    def _crash_at(self, number: int, moment: Moment) -> bool:
        if self.crash_in == 0 or moment is not self.crash_moment:
            return False
        self.crash_in -= 1
        return self.crash_in == 0


TestAnyOrder: Any = AnyOrder.TestCase
TestAnyOrder.settings = settings(
    max_examples=15,
    stateful_step_count=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
