"""The turns at Stripe, which all functions take from one table."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from threading import Barrier

import pytest
from paystream.adapters.dynamodb.rate_limits import DynamoTimetable
from paystream.adapters.stripe.rate_limiter import SECOND, TOTAL, Reservation
from paystream.model.integration import Integration
from stores.records import NOW, OTHER_ORGANIZATION, integration
from stores.targets import Target

CREATE, RETRIEVE = "POST /v1/payment_intents", "GET /v1/payment_intents/*"
PUT_OFF = f"{CREATE} put off"
START = int(NOW.timestamp()) * SECOND
STEP = SECOND // 25
LATEST = START + 3 * SECOND
NEVER_TOO_LATE = 10**18
THREADS = 8
STRIPE = integration()


class Environment:
    """An execution environment: it remembers what it was answered, and knows nothing of the others."""

    def __init__(self, timetable: DynamoTimetable, one: Integration = STRIPE) -> None:
        self.timetable, self.integration = timetable, one
        self.seen: dict[str, int] = {}

    def ask(self, steps: Mapping[str, int] | None = None, *, start: int = START, latest: int = LATEST) -> Reservation:
        """One reservation, which must have been answered."""
        wanted = {CREATE: STEP} if steps is None else steps
        answer = self.timetable.reserve(self.integration, wanted, start=start, latest=latest, seen=self.seen)
        assert answer is not None
        for line, free_from in answer.free_from.items():
            self.seen[line] = free_from + (wanted[line] if answer.granted else 0)
        return answer

    def turn(self, steps: Mapping[str, int] | None = None, *, start: int = START, latest: int = LATEST) -> int | None:
        """When the request may go, in microseconds after START; None if it may not."""
        answer = self.ask(steps, start=start, latest=latest)
        return max(start, *answer.free_from.values()) - START if answer.granted else None


@pytest.fixture
def environment(timetable: DynamoTimetable) -> Environment:
    """The first to ask."""
    return Environment(timetable)


class TestTurns:
    def test_the_first_goes_at_once_and_each_keeps_the_line_busy_for_its_step(self, environment: Environment) -> None:
        assert [environment.turn() for _ in range(4)] == [0, STEP, 2 * STEP, 3 * STEP]

    def test_who_knows_nothing_of_others_comes_after_them(
        self, environment: Environment, timetable: DynamoTimetable
    ) -> None:
        environment.turn()
        environment.turn()

        other = Environment(timetable)

        assert [other.turn(), environment.turn(), other.turn()] == [2 * STEP, 3 * STEP, 4 * STEP]

    def test_who_believes_a_line_to_be_busy_that_never_was_is_put_right(self, environment: Environment) -> None:
        environment.seen = {CREATE: START + 10 * STEP}
        assert environment.turn() == 0

    def test_a_line_that_is_free_begins_again_and_nothing_is_made_up_for(self, environment: Environment) -> None:
        environment.turn()
        minute = START + 60 * SECOND

        turns = [environment.turn(start=minute, latest=minute + SECOND) for _ in range(3)]

        assert turns == [60 * SECOND, 60 * SECOND + STEP, 60 * SECOND + 2 * STEP]

    def test_a_line_is_free_at_the_very_moment_its_step_ends(self, environment: Environment) -> None:
        environment.turn()
        end = START + STEP
        assert [environment.turn(start=end), environment.turn(start=end)] == [STEP, 2 * STEP]

    def test_two_who_find_a_line_free_do_not_both_begin_it(
        self, environment: Environment, timetable: DynamoTimetable
    ) -> None:
        other = Environment(timetable)
        environment.turn()
        other.turn()
        minute = START + 60 * SECOND

        turns = [one.turn(start=minute, latest=minute + SECOND) for one in (environment, other)]

        assert turns == [60 * SECOND, 60 * SECOND + STEP]

    def test_a_request_takes_its_turn_in_all_of_its_lines(self, environment: Environment) -> None:
        total = STEP // 4
        turns = [environment.turn({line: STEP, TOTAL: total}) for line in (CREATE, RETRIEVE, CREATE, RETRIEVE)]
        assert turns == [0, total, STEP, STEP + total]

    def test_a_free_line_begins_when_the_busy_one_lets_the_request_go(self, environment: Environment) -> None:
        for _ in range(3):
            environment.turn({CREATE: STEP})

        assert environment.turn({CREATE: STEP, TOTAL: STEP}) == 3 * STEP
        assert environment.seen == {CREATE: START + 4 * STEP, TOTAL: START + 4 * STEP}

    def test_another_integration_does_not_wait(self, environment: Environment, timetable: DynamoTimetable) -> None:
        environment.turn()
        for other in (
            integration(lago_id="integration-2"),
            integration(organization_id=OTHER_ORGANIZATION),
        ):
            assert Environment(timetable, other).turn() == 0

    def test_a_block_of_turns_is_taken_in_a_line_that_may_be_as_long_as_it_will(self, environment: Environment) -> None:
        block = 100_000 * SECOND
        turns = [environment.turn({PUT_OFF: block}, latest=NEVER_TOO_LATE) for _ in range(3)]
        assert turns == [0, block, 2 * block]


class TestRefusals:
    def test_a_turn_at_the_deadline_is_granted_and_one_after_it_is_not(self, environment: Environment) -> None:
        latest = START + 2 * STEP
        assert [environment.turn(latest=latest) for _ in range(4)] == [0, STEP, 2 * STEP, None]
        assert environment.turn(latest=latest + STEP) == 3 * STEP

    def test_who_knows_nothing_learns_from_the_refusal_when_it_is_free(
        self, environment: Environment, timetable: DynamoTimetable
    ) -> None:
        for _ in range(3):
            environment.turn()

        assert Environment(timetable).ask(latest=START + 2 * STEP) == Reservation(
            {CREATE: START + 3 * STEP}, granted=False
        )

    def test_a_refusal_takes_no_turn_in_any_line(self, environment: Environment, timetable: DynamoTimetable) -> None:
        for _ in range(3):
            environment.turn({CREATE: STEP})
        both = {CREATE: STEP, TOTAL: STEP}

        for one in (environment, Environment(timetable)):
            assert one.turn(both, latest=START + STEP) is None

        assert Environment(timetable).turn({TOTAL: STEP}) == 0
        assert Environment(timetable).turn({CREATE: STEP}) == 3 * STEP

    def test_if_the_table_does_not_answer_nothing_is_known(self, target: Target) -> None:
        with target.for_a_test():
            nowhere = DynamoTimetable(target.dynamodb, "no-such-table")
            assert nowhere.reserve(STRIPE, {CREATE: STEP}, start=START, latest=LATEST, seen={}) is None


class TestRaces:
    EACH = 5

    def taken(
        self, timetable: DynamoTimetable, *lines: str, seen: Mapping[str, int] | None = None, start: int = START
    ) -> list[int]:
        """The turns of threads that start together, each an environment of its own; a refused one asks again."""
        barrier = Barrier(THREADS)

        def run(number: int) -> list[int]:
            environment = Environment(timetable)
            environment.seen = dict(seen or {})
            steps = {lines[number % len(lines)]: STEP, TOTAL: STEP}
            barrier.wait()
            turns: list[int] = []
            while len(turns) < self.EACH:
                turn = environment.turn(steps, start=start, latest=start + 60 * SECOND)
                turns += [] if turn is None else [turn]
            return turns

        with ThreadPoolExecutor(THREADS) as threads:
            return sorted(turn for turns in threads.map(run, range(THREADS)) for turn in turns)

    def test_no_two_get_one_turn_and_none_is_lost(self, timetable: DynamoTimetable) -> None:
        assert self.taken(timetable, CREATE) == [number * STEP for number in range(THREADS * self.EACH)]

    def test_no_two_endpoints_get_one_turn_of_the_account(self, timetable: DynamoTimetable) -> None:
        turns = self.taken(timetable, CREATE, RETRIEVE)

        assert len(turns) == THREADS * self.EACH
        assert all(later - earlier >= STEP for earlier, later in pairwise(turns))

    def test_a_line_that_all_find_free_begins_once(self, environment: Environment, timetable: DynamoTimetable) -> None:
        environment.turn({CREATE: STEP, TOTAL: STEP})
        minute = START + 60 * SECOND

        turns = self.taken(timetable, CREATE, seen=environment.seen, start=minute)

        assert turns == [60 * SECOND + number * STEP for number in range(THREADS * self.EACH)]

    def test_before_the_deadline_as_many_pass_as_there_are_turns(self, timetable: DynamoTimetable) -> None:
        Environment(timetable).turn()
        barrier = Barrier(THREADS)

        def run(_: int) -> int | None:
            barrier.wait()
            return Environment(timetable).turn(latest=START + 3 * STEP)

        with ThreadPoolExecutor(THREADS) as threads:
            turns = list(threads.map(run, range(THREADS)))

        assert sorted(turn for turn in turns if turn is not None) == [STEP, 2 * STEP, 3 * STEP]
