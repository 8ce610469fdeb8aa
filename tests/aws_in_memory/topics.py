"""SNS in memory: what is published is handed to its subscribers.

Source: https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .errors import client_error, exceptions_of, refuse_unknown
from .https_subscriptions import HttpsSubscriptions

SERVICE = "sns"
_MOST_ENTRIES = 10
_MOST_BYTES = 256 * 1024

Message = Mapping[str, Any]
Subscriber = Callable[[str, str, Message], None]
"""Called with the topic's ARN, the message, and its attributes."""


@dataclass(slots=True)
class Topics:
    """All topics, and a client of them. `refuses` says of an entry whether a batch leaves it out."""

    arns: list[str]
    subscriber: Subscriber
    https: HttpsSubscriptions
    refuses: Callable[[], bool] = lambda: False
    _published: int = 0

    @property
    def exceptions(self) -> Any:
        return exceptions_of(SERVICE)

    def publish_batch(
        self, *, TopicArn: str, PublishBatchRequestEntries: Sequence[Mapping[str, Any]], **unknown: Any
    ) -> dict[str, Any]:
        refuse_unknown("PublishBatch", unknown)
        if TopicArn not in self.arns:
            raise client_error(SERVICE, "PublishBatch", "NotFoundException", "Topic does not exist", status=404)
        _check(PublishBatchRequestEntries)
        successful, failed = [], []
        for entry in PublishBatchRequestEntries:
            if self.refuses():
                failed.append({"Id": entry["Id"], "Code": "InternalError", "Message": "…", "SenderFault": False})
                continue
            self._published += 1
            successful.append({"Id": entry["Id"], "MessageId": f"message-{self._published}"})
            self.subscriber(TopicArn, entry["Message"], entry.get("MessageAttributes", {}))
            self.https.post(entry["Message"], entry.get("MessageAttributes", {}))
        return {"Successful": successful, "Failed": failed}

    def subscribe(self, **parameters: Any) -> dict[str, Any]:
        return self.https.subscribe(**parameters)

    def unsubscribe(self, **parameters: Any) -> dict[str, Any]:
        return self.https.unsubscribe(**parameters)

    def get_subscription_attributes(self, **parameters: Any) -> dict[str, Any]:
        return self.https.get_subscription_attributes(**parameters)

    def set_subscription_attributes(self, **parameters: Any) -> dict[str, Any]:
        return self.https.set_subscription_attributes(**parameters)

    def list_subscriptions_by_topic(self, **parameters: Any) -> dict[str, Any]:
        return self.https.list_subscriptions_by_topic(**parameters)


def _check(entries: Sequence[Mapping[str, Any]]) -> None:
    if not entries:
        raise _error("EmptyBatchRequestException", "The batch request doesn't contain any entries.")
    if len(entries) > _MOST_ENTRIES:
        raise _error(
            "TooManyEntriesInBatchRequestException", f"The batch request has more than {_MOST_ENTRIES} entries."
        )
    if len({entry["Id"] for entry in entries}) < len(entries):
        raise _error("BatchEntryIdsNotDistinctException", "Two or more batch entries have the same Id.")
    if sum(map(_size, entries)) > _MOST_BYTES:
        raise _error("BatchRequestTooLongException", "The length of all the batch messages put together is too long.")
    for entry in entries:
        refuse_unknown("PublishBatch", dict.fromkeys(entry.keys() - {"Id", "Message", "MessageAttributes"}, 1))
        if not entry["Message"]:
            raise _error("InvalidParameterException", "Invalid parameter: Empty message")
        if not all(value.get("StringValue") for value in entry.get("MessageAttributes", {}).values()):
            raise _error("InvalidParameterValueException", "The message attribute must contain non-empty message value")


def _size(entry: Mapping[str, Any]) -> int:
    attributes = entry.get("MessageAttributes", {}).items()
    text = "".join(name + value["DataType"] + value.get("StringValue", "") for name, value in attributes)
    return len((entry["Message"] + text).encode())


def _error(code: str, message: str) -> Exception:
    return client_error(SERVICE, "PublishBatch", code, message)
