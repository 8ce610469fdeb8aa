"""The AWS emulator: where it listens, what it refuses, what it leaves behind."""

import io
import json
import socket
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from sandbox.aws import AwsEmulator, Credentials
from sandbox.processes import ProcessError

HANDLER = """
import importlib.util

def handler(event, context):
    print("charged", event["invoice"])
    return {"sees_boto3": importlib.util.find_spec("boto3") is not None}
"""


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AwsEmulator]:
    with AwsEmulator(tmp_path_factory.mktemp("aws")) as running:
        yield running


def create_role(emulator: AwsEmulator, name: str, *statements: dict[str, str]) -> str:
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    iam = emulator.client("iam")
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy_document(trust))
    iam.put_role_policy(RoleName=name, PolicyName="grants", PolicyDocument=policy_document(*statements))
    arn: str = role["Role"]["Arn"]
    return arn


def policy_document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def create_table(emulator: AwsEmulator, name: str) -> str:
    table = emulator.client("dynamodb").create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    )
    arn: str = table["TableDescription"]["TableArn"]
    return arn


def invoke_new_function(emulator: AwsEmulator, name: str) -> dict[str, Any]:
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("charge.py", HANDLER)
    functions = emulator.client("lambda")
    functions.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Handler="charge.handler",
        Role=create_role(emulator, name, {"Effect": "Deny", "Action": "*", "Resource": "*"}),
        Code={"ZipFile": package.getvalue()},
    )
    answer = functions.invoke(FunctionName=name, Payload=json.dumps({"invoice": f"invoice of {name}"}))
    result: dict[str, Any] = json.load(answer["Payload"])
    return result


def test_it_answers_as_soon_as_it_is_entered(emulator: AwsEmulator) -> None:
    assert emulator.client("sts").get_caller_identity()["Arn"].endswith(":root")


@pytest.mark.allow_hosts(["127.0.0.1", "127.0.0.2"])
def test_it_listens_on_loopback_only(emulator: AwsEmulator) -> None:
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", emulator.port), timeout=1).close()


def test_an_unknown_access_key_is_refused(emulator: AwsEmulator) -> None:
    stranger = emulator.client("dynamodb", Credentials("AKIASTRANGER", "guess"))

    with pytest.raises(ClientError, match="UnrecognizedClientException"):
        stranger.list_tables()


def test_a_role_may_do_what_its_policy_grants_and_nothing_else(emulator: AwsEmulator) -> None:
    create_table(emulator, "customers")
    invoices = create_table(emulator, "invoices")
    role = create_role(emulator, "writer", {"Effect": "Allow", "Action": "dynamodb:PutItem", "Resource": invoices})
    writer = emulator.client("dynamodb", emulator.assume_role(role))

    writer.put_item(TableName="invoices", Item={"id": {"S": "inv_1"}})

    with pytest.raises(ClientError, match="AccessDeniedException"):
        writer.put_item(TableName="customers", Item={"id": {"S": "cust_1"}})
    with pytest.raises(ClientError, match="AccessDeniedException"):
        writer.delete_item(TableName="invoices", Key={"id": {"S": "inv_1"}})


def test_a_function_sees_only_what_its_package_and_layers_bring(emulator: AwsEmulator) -> None:
    assert invoke_new_function(emulator, "bare") == {"sees_boto3": False}


def test_what_a_function_prints_is_found_in_the_logs(emulator: AwsEmulator) -> None:
    invoke_new_function(emulator, "talkative")

    assert "charged invoice of talkative" in list(emulator.log_messages())


def test_stopping_leaves_no_process_of_a_function(tmp_path: Path) -> None:
    with AwsEmulator(tmp_path) as emulator:
        invoke_new_function(emulator, "charge")
        assert len(emulator.worker_pids("charge")) == 1

    assert emulator.worker_pids("charge") == []
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", emulator.port), timeout=1).close()


def test_a_start_that_fails_says_why(emulator: AwsEmulator, tmp_path: Path) -> None:
    with pytest.raises(ProcessError, match="already in use"):
        AwsEmulator(tmp_path, port=emulator.port).start()
