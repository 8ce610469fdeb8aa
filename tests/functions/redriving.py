"""What failed or was missed, and the way to have it handled once more: the bucket as Lambda fills it, and Lambda.

Lambda is replaced where its client would send its request, so that the request and the answer are really made of what
the real handlers are given and give.
"""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import boto3
import invoice_created
import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from failed_batch import failed_batch
from functions.world import World
from paystream import bootstrap
from template import resources

BUCKET = "failed-records"
TIMEOUTS = {
    properties["CodeUri"].removeprefix("functions/"): properties.get("Timeout", 29)
    for properties in resources("AWS::Serverless::Function").values()
}
CONSUMERS = ("invoice-created", "publish-notifications")
INVOKED_BY_NAME = (*CONSUMERS, "redrive-records")
HOUR = 3600.0
DAY = 24 * HOUR
LONGEST_PAYLOAD = 6 * 1024 * 1024


def arn(function: str) -> str:
    return f"arn:aws:lambda:us-east-1:123456789012:function:paystream-{function}"


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
        function = next(name for name in INVOKED_BY_NAME if f"paystream-{name}/invocations" in request.url)
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


def _failed(request: AWSPreparedRequest, message: str) -> AWSResponse:
    return _response(request, 200, {"errorMessage": message}, {"X-Amz-Function-Error": "Unhandled"})


def _response(
    request: AWSPreparedRequest, status: int, body: Any, headers: Mapping[str, str] | None = None
) -> AWSResponse:
    content = json.dumps(body).encode()
    sent = {"Content-Type": "application/json", "Content-Length": str(len(content)), **(headers or {})}
    return AWSResponse(request.url, status, HTTPHeaders.from_dict(sent), StreamedBody(content))


_lambda = SimpleNamespace()
"""Clients outlive a test: they find the Lambda of the test that runs."""


def _answer(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
    answer: AWSResponse = _lambda.answer(request)
    return answer


class Redriving:
    """An operator with a bucket of failed records and a function to invoke."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self.world = world
        self.functions = Lambda(world)
        self.s3 = boto3.client("s3")
        self.s3.create_bucket(Bucket=BUCKET)
        monkeypatch.setenv("FAILED_RECORDS_BUCKET", BUCKET)
        for function in CONSUMERS:
            monkeypatch.setenv(f"{function.upper().replace('-', '_')}_FUNCTION_ARN", arn(function))
        # The tables in memory lose writes of transactions that overlap.
        monkeypatch.setattr(invoice_created, "AT_ONCE", 1)
        bootstrap.failed_records.cache_clear()
        bootstrap.stream_consumers.cache_clear()
        monkeypatch.setattr(_lambda, "answer", self.functions.answer, raising=False)
        made: Any = boto3.client

        def client(service: str, **more: Any) -> Any:
            found = made(service, **more)
            if service == "lambda":
                found.meta.events.register_first("before-send.lambda.Invoke", _answer, unique_id="handlers")
            return found

        monkeypatch.setattr(boto3, "client", client)

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
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=body if isinstance(body, str | bytes) else json.dumps(body))
        return key

    def objects(self) -> list[str]:
        """All keys in the bucket."""
        return [entry["Key"] for entry in self.s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])]

    def content(self, key: str) -> str:
        return self.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode()
