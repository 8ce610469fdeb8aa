"""What an operator does about records that failed for good: invoke `redrive-records` until it is done."""

from typing import Any

from .lambdas import Failed
from .world import World

SET_ASIDE = "aws/lambda/"
"""Where Lambda writes what failed for good, in the bucket."""

_WAIT = 60.0


def redrive(world: World) -> None:
    """Returns when the function has gone through all of it, or fails to answer: then it is for the next time."""
    order: dict[str, Any] = {"what": "failed-records"}
    while True:
        answers: list[Any] = []
        world.compute.invoke("RedriveRecordsFunction", order, answers.append)
        while not answers:
            world.run(world.clock.now() + _WAIT)
        (answer,) = answers
        if isinstance(answer, Failed) or answer["done"]:
            return
        order["cursor"] = answer["next_cursor"]
