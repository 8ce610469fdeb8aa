"""CloudFormation, as much of it as an operator's commands ask: a stack's outputs."""

from typing import Any
from xml.sax.saxutils import escape

import boto3
import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders

from world.redriving import StreamedBody

OUTPUTS = {
    "ApiUrl": "https://api.paystream.test/",
    "CheckFiguresFunction": "CheckFiguresFunction",
    "RedriveRecordsFunction": "RedriveRecordsFunction",
}


class Cloudformation:
    """Knows one stack, and remembers who asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.outputs = OUTPUTS
        self.asked: list[str] = []
        made: Any = boto3.client
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")

        def client(service: str, **more: Any) -> Any:
            if service != "cloudformation":
                return made(service, **more)
            found: Any = boto3.session.Session().client("cloudformation", **more)
            found.meta.events.register_first("before-send.cloudformation.DescribeStacks", self.answer)
            return found

        monkeypatch.setattr(boto3, "client", client)

    def answer(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        self.asked.append(request.url)
        if "StackName=paystream" not in str(request.body):
            error = "<Error><Code>ValidationError</Code><Message>no such stack</Message></Error>"
            text = f"<ErrorResponse>{error}</ErrorResponse>"
            return AWSResponse(request.url, 400, HTTPHeaders(), StreamedBody(text.encode()))
        members = "".join(
            f"<member><OutputKey>{name}</OutputKey><OutputValue>{escape(value)}</OutputValue></member>"
            for name, value in self.outputs.items()
        )
        stack = f"<member><StackName>paystream</StackName><Outputs>{members}</Outputs></member>"
        text = (
            "<DescribeStacksResponse><DescribeStacksResult>"
            f"<Stacks>{stack}</Stacks></DescribeStacksResult></DescribeStacksResponse>"
        )
        return AWSResponse(request.url, 200, HTTPHeaders(), StreamedBody(text.encode()))
