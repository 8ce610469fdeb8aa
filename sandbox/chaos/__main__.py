"""`make chaos`: kill every function in the middle of its work, on the whole stack, and see that nothing is lost."""

import argparse
import signal
import sys
import time

from sandbox.chaos.endings import Ending
from sandbox.chaos.gate import Gate
from sandbox.chaos.killer import VISIBILITY_SECONDS, KilledTooLateError, Killer
from sandbox.chaos.kills import KILLS, Kill, brief
from sandbox.chaos.scratch import scratch_directory
from sandbox.chaos.storm import Storm
from sandbox.chaos.verdict import verdict
from sandbox.chaos.violations import ViolationError
from sandbox.chaos.world import Chaos
from sandbox.report import print_table
from sandbox.stack import SECRET_KEY, Stack
from sandbox.stage import Stage

_HEADS = ("function", "killed", "call held", "recovered by", "at Stripe", "in the table", "notified", "")

_TRIES = 10

_CHANGED = (
    "the template is deployed as it is; then, by AWS's own APIs:",
    "  the functions' calls of DynamoDB, Lambda, S3, SNS and SQS lead through a gate that can keep one back",
    f"  a message comes back after {VISIBILITY_SECONDS} s, that of a function killed at a point of its work at once",
    "  the schedule is switched off; its event is sent where a scene says so",
    "  where time has to pass, an invoice's due_at or claimed_until is written back and the schedule's event sent",
)


def main() -> int:
    """Run all of it; the exit status says whether everything recovered."""
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="of the random part")
    parser.add_argument("--function", help="only the kills of this function, and no random part")
    parser.add_argument("--brief", action="store_true", help="only the first kill of each function before and after")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    started = time.monotonic()
    with Stack("chaos", settlement_seconds=1.0, scratch=scratch_directory()) as stack, Gate(stack.emulator) as gate:
        killer = Killer(stack, gate)
        chaos = Chaos(Stage(stack, started), killer)
        for line in _CHANGED:
            chaos.stage.say(line)
        wanted = brief(KILLS) if arguments.brief else KILLS
        wrong = _kill_each(chaos, [kill for kill in wanted if arguments.function in (None, kill.function)])
        if arguments.function is None:
            wrong += _kill_at_random(chaos, arguments.seed)
        wrong += verdict(chaos)
    print(f"NOT as expected: {wrong} violations" if wrong else "Nothing was lost, nothing was charged twice.")
    return 1 if wrong else 0


def _kill_each(chaos: Chaos, kills: list[Kill]) -> int:
    """Play every scene and print the table; how many went wrong."""
    settings = {"secret_key": SECRET_KEY, "name": "Acme", "create_customers": True}
    chaos.stage.call("PUT", "integrations/stripe/stripe", {"integration": settings})
    rows, wrong = [], 0
    for number, kill in enumerate(kills, 1):
        chaos.stage.say(f"{number}/{len(kills)}  {kill.function} killed {kill.point}: {kill.recovered_by}")
        cells: tuple[str, ...]
        try:
            ending = _play(chaos, kill)
            cells = (ending.at_stripe, ending.in_the_table, ending.notified, "")
        except (ViolationError, TimeoutError, KilledTooLateError) as error:
            wrong += 1
            cells = (str(error), "", "", "WRONG")
            chaos.stage.say(f"WRONG: {error}")
        caught = "at Stripe" if kill.point.is_at_stripe else "at AWS"
        rows.append((kill.function, str(kill.point), caught, kill.recovered_by, *cells))
    print_table(_HEADS, rows)
    return wrong


def _play(chaos: Chaos, kill: Kill) -> Ending:
    """Once more if the function was not caught: what became of that, the last checks see. Raises KilledTooLateError."""
    for _ in range(_TRIES - 1):
        try:
            return kill.scene(chaos, kill.function, kill.point)
        except KilledTooLateError as late:
            chaos.stage.say(f"once more: {late}")
    return kill.scene(chaos, kill.function, kill.point)


def _kill_at_random(chaos: Chaos, seed: int) -> int:
    """The random part; 1 if it did not come to an end."""
    try:
        Storm(chaos, seed).run()
    except (ViolationError, TimeoutError) as error:
        chaos.stage.say(f"WRONG: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
