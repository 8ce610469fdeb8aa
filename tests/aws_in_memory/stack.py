"""The stack of template.yaml in memory: what is in the template is here, without a list of names to keep up to date."""

import importlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from template import resources, template

from .dynamodb.streams import Settings
from .dynamodb.tables import Table
from .queues import Queue

STACK_NAME = "paystream"
BASE_URL = "https://paystream.test"
_PARAMETERS = {"StripeApiBase": "https://api.stripe.com", "PublicBaseUrl": BASE_URL}
_DEFAULT_TIMEOUT = 3


@dataclass(frozen=True, slots=True)
class Function:
    """A function as the template describes it; `timeout` in seconds."""

    name: str
    module: str
    handler: str
    timeout: float
    variables: Mapping[str, str]

    def load(self) -> Callable[[Any, Any], Any]:
        loaded: Callable[[Any, Any], Any] = getattr(importlib.import_module(self.module), self.handler)
        return loaded


@dataclass(frozen=True, slots=True)
class QueueSettings:
    """How a function reads a queue."""

    function: str
    queue: str
    batch_size: int
    reports_failures: bool
    most_at_once: int


def tables() -> dict[str, Table]:
    """By name, which is the logical id."""
    return {name: Table(name, definition) for name, definition in resources("AWS::DynamoDB::Table").items()}


def queues() -> dict[str, Queue]:
    """By URL."""
    found: dict[str, Queue] = {}
    for name, properties in resources("AWS::SQS::Queue").items():
        timeout, retention = properties.get("VisibilityTimeout", 30), properties.get("MessageRetentionPeriod", 345_600)
        found[queue_url(name)] = Queue(queue_url(name), timeout, retention)
    for name, properties in resources("AWS::SQS::Queue").items():
        policy = properties.get("RedrivePolicy")
        if policy:
            queue = found[queue_url(name)]
            queue.dead_letters = found[queue_url(_referred(policy["deadLetterTargetArn"]))]
            queue.most_receives = policy["maxReceiveCount"]
    return found


@cache
def functions() -> dict[str, Function]:
    """By logical id."""
    general = template()["Globals"]["Function"]
    found = {}
    for name, properties in resources("AWS::Serverless::Function").items():
        module, _, handler = properties["Handler"].rpartition(".")
        variables = _variables(general) | _variables(properties)
        timeout = properties.get("Timeout", general.get("Timeout", _DEFAULT_TIMEOUT))
        found[name] = Function(name, module, handler, timeout, variables)
    return found


def variables() -> dict[str, str]:
    """The environment variables of all functions together: a name means the same to each of them."""
    return {name: value for function in functions().values() for name, value in function.variables.items()}


def stream_mappings() -> list[Settings]:
    return [
        Settings.of(function, _referred(properties["Stream"]), properties, _failure_bucket(properties))
        for function, properties in _events("DynamoDB")
    ]


def queue_mappings() -> list[QueueSettings]:
    return [
        QueueSettings(
            function,
            queue_url(_referred(properties["Queue"])),
            properties.get("BatchSize", 10),
            "ReportBatchItemFailures" in properties.get("FunctionResponseTypes", ()),
            properties.get("ScalingConfig", {}).get("MaximumConcurrency", 5),
        )
        for function, properties in _events("SQS")
    ]


def schedules() -> list[tuple[str, float]]:
    """Functions with the seconds between two of their runs."""
    return [(function, _seconds(properties["Schedule"])) for function, properties in _events("Schedule")]


@cache
def function_of_handler(module: str) -> str:
    """The logical id of the function whose handler is in this module. Raises LookupError if there is none."""
    for function, settings in functions().items():
        if settings.module == module:
            return function
    raise LookupError(f"the template has no function with a handler in {module}")


@cache
def function_of_route(method: str, resource: str) -> str:
    """The function that API Gateway calls. Raises LookupError if there is none."""
    for function, properties in _events("Api"):
        if (properties["Method"], properties["Path"]) == (method, resource):
            return function
    raise LookupError(f"the template has no route {method} {resource}")


def queue_url(name: str) -> str:
    return f"https://sqs.us-east-1.amazonaws.com/123456789012/{name}"


def topic_arn(name: str) -> str:
    return f"arn:aws:sns:us-east-1:123456789012:{name}"


def topics() -> list[str]:
    return [topic_arn(name) for name in resources("AWS::SNS::Topic")]


def buckets() -> list[str]:
    return list(resources("AWS::S3::Bucket"))


def _events(kind: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for function, properties in resources("AWS::Serverless::Function").items():
        for event in properties.get("Events", {}).values():
            if event["Type"] == kind:
                yield function, event["Properties"]


def _failure_bucket(properties: Mapping[str, Any]) -> str | None:
    destination = properties.get("DestinationConfig", {}).get("OnFailure", {})
    return _referred(destination["Destination"]) if destination.get("Type") == "S3" else None


def _variables(properties: Mapping[str, Any]) -> dict[str, str]:
    variables = properties.get("Environment", {}).get("Variables", {})
    return {name: _text(value) for name, value in variables.items()}


def _text(value: Any) -> str:
    """The value of an environment variable. Raises LookupError for a form that nobody reads yet."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict) and "Ref" in value:
        return _physical(value["Ref"])
    if isinstance(value, dict) and value.get("Fn::GetAtt", ("", ""))[1] == "Arn":
        return f"arn:aws:lambda:us-east-1:123456789012:function:{_physical(value['Fn::GetAtt'][0])}"
    raise LookupError(f"a variable's value is of a form that is not read: {value}")


def _physical(name: str) -> str:
    if name == "AWS::StackName":
        return STACK_NAME
    if name in _PARAMETERS:
        return _PARAMETERS[name]
    kind = template()["Resources"].get(name, {}).get("Type")
    if kind == "AWS::SQS::Queue":
        return queue_url(name)
    if kind == "AWS::SNS::Topic":
        return topic_arn(name)
    if kind in ("AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::Serverless::Function"):
        return name
    return str(template()["Parameters"][name]["Default"])


def _referred(value: Mapping[str, Any]) -> str:
    return str(value["Ref"] if "Ref" in value else value["Fn::GetAtt"][0])


def _seconds(schedule: str) -> float:
    number, unit = schedule.removeprefix("rate(").removesuffix(")").split()
    return int(number) * {"minute": 60.0, "hour": 3600.0, "day": 86400.0}[unit.rstrip("s")]
