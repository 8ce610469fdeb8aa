"""Records of a table's stream in the form in which Lambda hands them to a function.

https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from paystream.model.redrive import StreamRecord


def stream_record(content: Mapping[str, Any]) -> StreamRecord:
    """A record as Lambda gives it. Raises LookupError or TypeError for anything else."""
    change = content["dynamodb"]
    identifier = change["SequenceNumber"]
    if not isinstance(identifier, str):
        raise TypeError("a sequence number is text")
    return StreamRecord(identifier, _name(change["Keys"]), content)


def stream_event_record(
    event_name: str, keys: Mapping[str, Any], image: Mapping[str, Any], *, written_at: datetime
) -> dict[str, Any]:
    """A record for an item that a stream does not bring any more: the item's name stands for its sequence number."""
    return {
        "eventID": _name(keys),
        "eventName": event_name,
        "eventSource": "aws:dynamodb",
        "dynamodb": {
            "ApproximateCreationDateTime": written_at.timestamp(),
            "Keys": dict(keys),
            "NewImage": dict(image),
            "SequenceNumber": _name(keys),
            "StreamViewType": "NEW_IMAGE",
        },
    }


def record_of_new(item: Mapping[str, Any]) -> StreamRecord:
    """The stream's record of an item when it was new, which has not changed since."""
    written_at = datetime.fromisoformat(item["created_at"]["S"])
    key = {name: item[name] for name in ("organization_id", "lago_id")}
    return stream_record(stream_event_record("INSERT", key, item, written_at=written_at))


def _name(keys: Mapping[str, Any]) -> str:
    return f"{keys['organization_id']['S']}/{keys['lago_id']['S']}"
