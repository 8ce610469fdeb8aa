"""What is due or waits in a queue: when it is looked at, and looking at it."""

from datetime import datetime, timedelta
from typing import Any

from template import resources
from world.world import World, load_event

from builders.durations import DAY, HOUR, MINUTE

VISIBILITY_TIMEOUT = resources("AWS::SQS::Queue")["CollectionQueue"]["VisibilityTimeout"]
"""After so many seconds a message that failed comes back."""


def look_a_minute_later(world: World, times: int = 1) -> None:
    """The schedule runs, a minute later; then everything happens that happens at once."""
    for _ in range(times):
        world.pass_time(MINUTE)
        world.hand_out_due()
        world.collect_due()
        world.run()


def days_go_by(world: World, days: float) -> None:
    """The schedule runs once, after so many days."""
    world.pass_time(days * DAY)
    world.look_again()
    world.run()


def due_in(world: World, lago_id: str) -> timedelta:
    """How long from now the invoice is looked at again."""
    (item,) = [item for item in world.items("invoices") if item["lago_id"] == lago_id]
    return datetime.fromisoformat(str(item["due_at"])) - world.now()


def due_in_whole_seconds(world: World, lago_id: str) -> timedelta:
    """The same, rounded: waiting for a turn takes parts of a second."""
    return timedelta(seconds=round(due_in(world, lago_id).total_seconds()))


def due_records(world: World) -> list[dict[str, Any]]:
    """Hand out what is due; returns the messages as SQS hands them to collect-due, which are in the queue no longer."""
    world.hand_out_due()
    bodies = world.take(world.due_queue_url)
    return [{"messageId": str(position), "body": body} for position, body in enumerate(bodies)]


def hand_over_waiting(world: World, **context: Any) -> int:
    """Hand the message of events/ to collect-waiting, later than the last time; returns how many are to come back."""
    world.pass_time(VISIBILITY_TIMEOUT)
    answer = world.invoke("collect-waiting", load_event("collect-waiting"), **context)
    return len(answer["batchItemFailures"])


def hours_go_by(world: World, hours: int) -> None:
    """The schedule runs each hour, and then everything happens that happens at once."""
    for _ in range(hours):
        world.pass_time(HOUR)
        world.look_again()
        world.run()
