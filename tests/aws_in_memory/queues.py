"""SQS in memory: standard queues with visibility time-outs, receive counts and dead-letter queues.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/welcome.html
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Any

from .errors import NotImitatedError, client_error, exceptions_of, refuse_unknown

SERVICE = "sqs"
_MOST_ENTRIES = 10
_MOST_BYTES = 1024 * 1024
_QUEUE_ATTRIBUTES = frozenset({"Policy", "MessageRetentionPeriod", "SqsManagedSseEnabled"})
_NAME = re.compile(r"[A-Za-z0-9_-]{1,80}")
_SECONDS_BEFORE_A_NAME_IS_FREE = 60.0
_USUAL_VISIBILITY_TIMEOUT = 30.0
_GROUP = re.compile(r"[A-Za-z0-9!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~]{1,128}")


@dataclass(slots=True)
class Message:
    """One message; times in epoch seconds."""

    message_id: str
    body: str
    sent_at: float
    group: str | None = None
    receive_count: int = 0
    deleted: bool = False


@dataclass(slots=True)
class Queue:
    """One queue; times in seconds. `dead_letters` gets what was received too often; what is too old is gone."""

    url: str
    visibility_timeout: float
    retention: float
    most_receives: int | None = None
    dead_letters: "Queue | None" = None
    _visible: list[Message] = field(default_factory=list)
    _hidden: list[tuple[float, int, Message]] = field(default_factory=list)
    _hides: int = 0

    def add(self, message: Message, visible_at: float) -> None:
        """Take a message that nobody sees until then."""
        self._hides += 1
        heappush(self._hidden, (visible_at, self._hides, message))

    def visible(self, now: float) -> list[Message]:
        """What can be received now; what was received too often, or is too old, has left the queue. Not a copy."""
        while self._hidden and self._hidden[0][0] <= now:
            message = heappop(self._hidden)[2]
            if message.deleted or message.sent_at + self.retention <= now:
                continue
            if self.most_receives is not None and message.receive_count >= self.most_receives:
                self._bury(message, now)
                continue
            self._visible.append(message)
        return self._visible

    def receive(self, position: int, now: float) -> Message:
        """Take what is visible at this position, and hide it for the time that its receiver has."""
        message = self._visible.pop(position)
        message.receive_count += 1
        self.add(message, now + self.visibility_timeout)
        return message

    def held(self) -> list[Message]:
        """All messages that are in the queue, visible or not."""
        return [*self._visible, *(message for _, _, message in sorted(self._hidden) if not message.deleted)]

    def next_visible_at(self) -> float | None:
        """When something can be received again at the earliest, as far as nothing can now."""
        while self._hidden and self._hidden[0][2].deleted:
            heappop(self._hidden)
        return self._hidden[0][0] if self._hidden else None

    def _bury(self, message: Message, now: float) -> None:
        if self.dead_letters is None:
            raise NotImitatedError(f"{self.url} has a receive count but no dead-letter queue")
        self.dead_letters.add(message, now)


@dataclass(slots=True)
class Queues:
    """All queues by URL, and a client of them. `refuses` says of an entry whether a batch leaves it out."""

    queues: dict[str, Queue]
    now: Callable[[], float]
    refuses: Callable[[], bool] = lambda: False
    base_url: str = "https://sqs.us-east-1.amazonaws.com/123456789012"
    made: dict[str, Mapping[str, str]] = field(default_factory=dict)
    _removed_at: dict[str, float] = field(default_factory=dict)
    _sent: int = 0

    @property
    def exceptions(self) -> Any:
        return exceptions_of(SERVICE)

    def create_queue(self, *, QueueName: str, Attributes: Mapping[str, str], **unknown: Any) -> dict[str, Any]:
        """`made` are the names of the queues that were made so, and their attributes."""
        refuse_unknown("CreateQueue", unknown | dict.fromkeys(Attributes.keys() - _QUEUE_ATTRIBUTES, 1))
        if not _NAME.fullmatch(QueueName):
            raise _error("CreateQueue", "InvalidParameterValue", "Can only include alphanumeric characters, 1 to 80.")
        if self._removed_at.get(QueueName, 0.0) + _SECONDS_BEFORE_A_NAME_IS_FREE > self.now():
            raise _error("CreateQueue", "AWS.SimpleQueueService.QueueDeletedRecently", "You must wait 60 seconds.")
        if self.made.get(QueueName, Attributes) != Attributes:
            raise _error("CreateQueue", "QueueAlreadyExists", "A queue exists with different attributes.")
        url = f"{self.base_url}/{QueueName}"
        self.made[QueueName] = dict(Attributes)
        retention = float(Attributes["MessageRetentionPeriod"])
        self.queues.setdefault(url, Queue(url, _USUAL_VISIBILITY_TIMEOUT, retention))
        return {"QueueUrl": url}

    def get_queue_url(self, *, QueueName: str, **unknown: Any) -> dict[str, Any]:
        refuse_unknown("GetQueueUrl", unknown)
        return {"QueueUrl": self._queue("GetQueueUrl", f"{self.base_url}/{QueueName}").url}

    def delete_queue(self, *, QueueUrl: str, **unknown: Any) -> dict[str, Any]:
        refuse_unknown("DeleteQueue", unknown)
        name = self._queue("DeleteQueue", QueueUrl).url.rpartition("/")[2]
        del self.queues[QueueUrl], self.made[name]
        self._removed_at[name] = self.now()
        return {}

    def send_message(
        self,
        *,
        QueueUrl: str,
        MessageBody: str,
        MessageGroupId: str | None = None,
        DelaySeconds: int = 0,
        **unknown: Any,
    ) -> dict[str, Any]:
        refuse_unknown("SendMessage", unknown)
        queue = self._queue("SendMessage", QueueUrl)
        _check("SendMessage", MessageBody, MessageGroupId)
        return {"MessageId": self._add(queue, MessageBody, MessageGroupId, DelaySeconds)}

    def send_message_batch(
        self, *, QueueUrl: str, Entries: Sequence[Mapping[str, Any]], **unknown: Any
    ) -> dict[str, Any]:
        operation = "SendMessageBatch"
        refuse_unknown(operation, unknown)
        queue = self._queue(operation, QueueUrl)
        if not Entries:
            raise _error(operation, "AWS.SimpleQueueService.EmptyBatchRequest", "There should be at least one entry.")
        if len(Entries) > _MOST_ENTRIES:
            raise _error(operation, "AWS.SimpleQueueService.TooManyEntriesInBatchRequest", "Maximum number is 10.")
        if len({entry["Id"] for entry in Entries}) < len(Entries):
            raise _error(operation, "AWS.SimpleQueueService.BatchEntryIdsNotDistinct", "Id repeated.")
        if sum(len(entry["MessageBody"].encode()) for entry in Entries) > _MOST_BYTES:
            raise _error(operation, "AWS.SimpleQueueService.BatchRequestTooLong", "Batch requests are too long.")
        successful, failed = [], []
        for entry in Entries:
            rest = entry.keys() - {"Id", "MessageBody", "MessageGroupId", "DelaySeconds"}
            refuse_unknown(operation, dict.fromkeys(rest, 1))
            _check(operation, entry["MessageBody"], entry.get("MessageGroupId"))
            if self.refuses():
                failed.append({"Id": entry["Id"], "Code": "InternalError", "SenderFault": False})
                continue
            delay = entry.get("DelaySeconds", 0)
            message_id = self._add(queue, entry["MessageBody"], entry.get("MessageGroupId"), delay)
            successful.append({"Id": entry["Id"], "MessageId": message_id})
        return {"Successful": successful} if not failed else {"Successful": successful, "Failed": failed}

    def _add(self, queue: Queue, body: str, group: str | None, delay: float) -> str:
        self._sent += 1
        message = Message(f"message-{self._sent}", body, self.now(), group)
        queue.add(message, self.now() + delay)
        return message.message_id

    def _queue(self, operation: str, url: str) -> Queue:
        if url not in self.queues:
            raise _error(operation, "AWS.SimpleQueueService.NonExistentQueue", "The specified queue does not exist.")
        return self.queues[url]


def _check(operation: str, body: str, group: str | None) -> None:
    if not body or len(body.encode()) > _MOST_BYTES:
        raise _error(operation, "InvalidParameterValue", "The message must have from 1 to 1048576 bytes.")
    if group is not None and not _GROUP.fullmatch(group):
        raise _error(operation, "InvalidParameterValue", "MessageGroupId can only include alphanumeric characters.")


def _error(operation: str, code: str, message: str) -> Exception:
    return client_error(SERVICE, operation, code, message)
