"""Where a stack is: its outputs on AWS, or what `make local` has written down."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3

from calling.errors import OperationError

LOCAL_STACK = Path(__file__).resolve().parents[2] / ".local" / "stack.json"


def local_stack() -> dict[str, str]:
    """What is known of the stack on this machine. Raises OperationError if none runs."""
    try:
        found: dict[str, str] = json.loads(LOCAL_STACK.read_text())
        return found
    except FileNotFoundError:
        raise OperationError("No stack runs on this machine: start one with `make local`.") from None


def local_aws() -> dict[str, str]:
    """What leads boto3 to the stack on this machine. Raises OperationError."""
    stack = local_stack()
    names = {"endpoint_url": "aws_endpoint_url", "region_name": "region"}
    names |= {name: name for name in ("aws_access_key_id", "aws_secret_access_key")}
    return {name: stack[stored] for name, stored in names.items()}


def output(stack_name: str, name: str, aws: Mapping[str, Any]) -> str:
    """One of the stack's outputs. Raises OperationError if there is none of this name."""
    (stack,) = boto3.client("cloudformation", **aws).describe_stacks(StackName=stack_name)["Stacks"]
    outputs = {one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", [])}
    if name not in outputs:
        raise OperationError(f"{stack_name} has no output {name}: deploy this version first.")
    return outputs[name]
