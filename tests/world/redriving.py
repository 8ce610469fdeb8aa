"""What failed or was missed, and the way to have it handled once more: the bucket as Lambda fills it, and Lambda.

Lambda is replaced where its client would send its request, so that the request and the answer are really made of what
the real handlers are given and give.
"""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import unquote

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from sandbox.failed_batch import failed_batch
from template import resources

from world.world import World

BUCKET = "FailedRecordsBucket"
_FUNCTIONS = {
    name: properties["CodeUri"].removeprefix("functions/")
    for name, properties in resources("AWS::Serverless::Function").items()
}
_NAMES = {function: name for name, function in _FUNCTIONS.items()}
TIMEOUTS = {
    properties["CodeUri"].removeprefix("functions/"): properties.get("Timeout", 29)
    for properties in resources("AWS::Serverless::Function").values()
}
LONGEST_PAYLOAD = 6 * 1024 * 1024


def arn(function: str) -> str:
    return f"arn:aws:lambda:us-east-1:123456789012:function:{_NAMES.get(function, function)}"


class StreamedBody(io.BytesIO):
    """An answer as it is read from a connection."""

    def stream(self, **_: Any) -> Any:
        yield from iter(lambda: self.read(65536), b"")


@dataclass
class Lambda:
    """Invokes the handlers of this repository, as Lambda does; it remembers what it was asked for."""

    world: World
    invoked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    refuses: bool = False
    breaks: set[str] = field(default_factory=set)

    def answer(self, request: AWSPreparedRequest) -> AWSResponse:
        function = _FUNCTIONS[_invoked(request.url)]
        payload: Any = request.body
        if len(payload) > LONGEST_PAYLOAD:
            return _response(request, 413, {"message": "too long"}, {"x-amzn-ErrorType": "RequestTooLargeException"})
        if self.refuses:
            return _response(request, 429, {"message": "slow"}, {"x-amzn-ErrorType": "TooManyRequestsException"})
        self.invoked.append((function, json.loads(payload)))
        if function in self.breaks:
            return _failed(request, "Task timed out")
        try:
            answer = self.world.invoke(function, json.loads(payload), remaining_milliseconds=TIMEOUTS[function] * 1000)
        except LookupError as error:
            return _failed(request, repr(error))
        return _response(request, 200, answer)

    def batches(self) -> list[int]:
        """How many records each invocation was given."""
        return [len(event["Records"]) for _, event in self.invoked]


def _invoked(url: str) -> str:
    """The name of the function that is invoked by its ARN or by its name."""
    return unquote(url).partition("/functions/")[2].partition("/")[0].rpartition(":")[2]


def _failed(request: AWSPreparedRequest, message: str) -> AWSResponse:
    return _response(request, 200, {"errorMessage": message}, {"X-Amz-Function-Error": "Unhandled"})


def _response(
    request: AWSPreparedRequest, status: int, body: Any, headers: Mapping[str, str] | None = None
) -> AWSResponse:
    content = json.dumps(body).encode()
    sent = {"Content-Type": "application/json", "Content-Length": str(len(content)), **(headers or {})}
    return AWSResponse(request.url, status, HTTPHeaders.from_dict(sent), StreamedBody(content))


@cache
def _lambda_client() -> Any:
    """boto3's own: making one costs more than ten calls of it."""
    session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")
    return session.client("lambda")


def _client_of(functions: Lambda) -> Any:
    client = _lambda_client()
    client.meta.events.unregister("before-send.lambda.Invoke", unique_id="handlers")
    client.meta.events.register_first(
        "before-send.lambda.Invoke", lambda request, **_: functions.answer(request), unique_id="handlers"
    )
    return client


class Redriving:
    """An operator with a bucket of failed records and a function to invoke."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.functions = Lambda(world)
        self.s3 = world.aws.client("s3")
        world.aws.services["lambda"] = _client_of(self.functions)

    def redrive(self, what: str = "failed-records", **order: Any) -> dict[str, Any]:
        """Invoke the function once."""
        answer: dict[str, Any] = self.world.invoke(
            "redrive-records", {"what": what, **order}, remaining_milliseconds=TIMEOUTS["redrive-records"] * 1000
        )
        return answer

    def give_up(self, function: str, event: Mapping[str, Any], *, number: int = 1) -> str:
        """Do what Lambda does with a batch that failed for good; returns the object's key."""
        return self.put(failed_batch(arn(function), event), number=number)

    def put(self, body: Any, *, number: int = 1) -> str:
        """An object where Lambda puts what failed; a body that is no text is written as JSON."""
        key = (
            "aws/lambda/0b4c7a3e-58c5-4d0f-9c0b-0f8f1f3f9a01/shardId-00000001795428000000-0a1b2c3d/2026/11/23/"
            f"2026-11-23T16.00.00-00000000-0000-4000-8000-{number:012}"
        )
        content = body if isinstance(body, str | bytes) else json.dumps(body)
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=content)
        return key

    def objects(self) -> list[str]:
        """All keys in the bucket."""
        return [entry["Key"] for entry in self.s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])]

    def content(self, key: str) -> str:
        content: str = self.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode()
        return content
