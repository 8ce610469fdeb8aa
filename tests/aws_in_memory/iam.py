"""What the template's roles allow the functions to do with the tables."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from template import resources

_ACTIONS = {
    "get_item": "GetItem",
    "put_item": "PutItem",
    "update_item": "UpdateItem",
    "delete_item": "DeleteItem",
    "query": "Query",
    "scan": "Scan",
}
_IN_TRANSACTION = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}
_IN_BATCH = {"batch_get_item": "BatchGetItem", "batch_write_item": "BatchWriteItem"}
"""Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html"""


def denied(function: str, operation: str, parameters: Mapping[str, Any]) -> list[str]:
    """What the function's role does not allow of a call of DynamoDB, each in words."""
    return [
        f"{function} may not {action} {resource}"
        for action, resource in _needed(operation, parameters)
        if not _is_allowed(function, action, resource)
    ]


def _needed(operation: str, parameters: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The actions, and on what: a table's logical id, `Table/index/name` for an index."""
    if operation == "transact_write_items":
        for item in parameters["TransactItems"]:
            ((kind, write),) = item.items()
            yield _IN_TRANSACTION[kind], write["TableName"]
    elif operation in _IN_BATCH:
        yield from ((_IN_BATCH[operation], table) for table in parameters["RequestItems"])
    elif operation in _ACTIONS:
        index = f"/index/{parameters['IndexName']}" if "IndexName" in parameters else ""
        yield _ACTIONS[operation], parameters["TableName"] + index


@cache
def _is_allowed(function: str, action: str, resource: str) -> bool:
    """`action` is one of DynamoDB."""
    role: str = resources("AWS::Serverless::Function")[function]["Role"]["Fn::GetAtt"][0]
    policies = resources("AWS::IAM::Role")[role]["Policies"]
    statements = [one for policy in policies for one in policy["PolicyDocument"]["Statement"]]
    return any(
        f"dynamodb:{action}" in _listed(statement["Action"])
        and any(_covers(one, resource) for one in _listed(statement["Resource"]))
        for statement in statements
    )


def _covers(allowed: Any, resource: str) -> bool:
    """Whether a statement's resource is this one: `!GetAtt Table.Arn`, or `!Sub "${Table.Arn}/index/name"`."""
    if isinstance(allowed, dict) and "Fn::GetAtt" in allowed:
        return bool(allowed["Fn::GetAtt"] == [resource, "Arn"])
    text = allowed["Fn::Sub"] if isinstance(allowed, dict) else allowed
    pattern = re.escape(text.replace("${", "").replace(".Arn}", "")).replace(r"\*", ".*")
    return re.fullmatch(pattern, resource) is not None


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
