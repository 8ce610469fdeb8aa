"""The rate limits table: for each integration, the time from which Stripe takes the next request.

One item an integration, shared by all functions. It has an attribute for each line of requests: one an endpoint, one
for the whole account.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from botocore.exceptions import BotoCoreError, ClientError

from paystream.adapters.dynamodb.items import attribute_values, plain_item
from paystream.adapters.stripe.rate_limiter import Reservation
from paystream.model.integration import Integration
from paystream.observability import count, logger

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_TRIES = 4
"""The first may meet others who were faster, the next ones know what they did."""


class DynamoTimetable:
    """Implements the protocol `Timetable`."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def reserve(
        self, integration: Integration, steps: Mapping[str, int], *, start: int, latest: int, seen: Mapping[str, int]
    ) -> Reservation | None:
        """One conditional write; a second one where `seen` is not what is stored any more."""
        try:
            return self._reserve(integration, steps, start, latest, seen)
        except (BotoCoreError, ClientError) as error:
            count("RateLimitUnknown")
            logger.warning("the rate limits table does not answer", reason=type(error).__name__)
            return None

    def _reserve(
        self, integration: Integration, steps: Mapping[str, int], start: int, latest: int, seen: Mapping[str, int]
    ) -> Reservation:
        for _ in range(_TRIES):
            if any(seen.get(line, 0) > latest for line in steps):
                break
            update = _update(steps, start=start, latest=latest, seen=seen)
            key = {"organization_id": integration.organization_id, "integration_id": integration.lago_id}
            try:
                answer = self._client.update_item(TableName=self._table, Key=attribute_values(key), **update)
            except self._client.exceptions.ConditionalCheckFailedException as failed:
                item = cast("dict[str, Any]", failed.response).get("Item", {})
                seen = {line: time for line, time in plain_item(item).items() if line in steps}
            else:
                free_from = plain_item(answer["Attributes"])
                return Reservation({line: free_from[line] - step for line, step in steps.items()}, granted=True)
        return Reservation({line: seen.get(line, start) for line in steps}, granted=False)


def _update(steps: Mapping[str, int], *, start: int, latest: int, seen: Mapping[str, int]) -> dict[str, Any]:
    """A line that is busy grows by its step, one that is free begins again: each on the condition that it is so.

    A line that is free begins when the request goes, which is when the busiest of its lines lets it.
    """
    begin = max(start, *(seen.get(line, 0) for line in steps))
    changes, conditions = [], []
    values: dict[str, Any] = {":start": start}
    for position, (line, step) in enumerate(steps.items()):
        if seen.get(line, 0) > start:
            changes.append(f"#{position} = #{position} + :step{position}")
            conditions.append(f"#{position} BETWEEN :start AND :latest")
            values |= {f":step{position}": step, ":latest": latest}
        else:
            changes.append(f"#{position} = :end{position}")
            conditions.append(f"(attribute_not_exists(#{position}) OR #{position} <= :start)")
            values |= {f":end{position}": begin + step}
    return {
        "UpdateExpression": f"SET {', '.join(changes)}",
        "ConditionExpression": " AND ".join(conditions),
        "ExpressionAttributeNames": {f"#{position}": line for position, line in enumerate(steps)},
        "ExpressionAttributeValues": attribute_values(values),
        "ReturnValues": "UPDATED_NEW",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
