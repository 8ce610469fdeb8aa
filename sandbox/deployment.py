"""Build this repository's template with `sam build` and deploy it to the emulator with `sam deploy`."""

import json
import os
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sandbox.aws import REPOSITORY, AwsEmulator, function_target, interpreter

STACK_NAME = "paystream"
API_ID = "paystream"
STAGE_NAME = "local"
_ARTIFACTS_BUCKET = "paystream-artifacts"

Report = Callable[[str], None]


class DeploymentError(RuntimeError):
    """`sam` failed; the message is the stack's own reasons, or the tail of the log where there are none."""


def build(directory: Path, *, template: Path = REPOSITORY / "template.yaml", report: Report = print) -> Path:
    """Run `sam build` for the interpreter that runs the functions; return the built template.

    Everything is written below the directory; a second build there reuses what did not change.
    Raises DeploymentError.
    """
    version, platform = function_target()
    # SAM's cache does not see the Makefile's variables: one folder for each target keeps them apart.
    target = directory.resolve() / f"python{version}-{platform}"
    environment = _sam_environment(directory) | {
        "PAYSTREAM_LAYER_PYTHON": version,
        "PAYSTREAM_LAYER_PLATFORM": platform,
        "PAYSTREAM_LAYER_COMPILER": str(interpreter()),
        "UV": os.environ.get("UV", str(REPOSITORY / ".venv/bin/uv")),
    }
    report(f"sam build (Python {version}, {platform})")
    arguments = ["build", "--template-file", str(template), "--cached", "--parallel"]
    arguments += ["--build-dir", str(target / "build"), "--cache-dir", str(target / "cache")]
    _sam(arguments, environment, directory=template.parent, log=directory / "sam-build.log", report=report)
    return target / "build" / "template.yaml"


def deploy(
    emulator: AwsEmulator,
    parameters: Mapping[str, str],
    *,
    template: Path,
    configuration: Path = REPOSITORY / "samconfig.toml",
    stack_name: str = STACK_NAME,
    report: Report = print,
) -> dict[str, str]:
    """Run `sam deploy --config-env local` for a built template; return the stack's outputs.

    The REST API's id is API_ID. MiniStack cannot replace an API that has a chosen id, so after a change of routes
    deploy to a fresh emulator. Raises DeploymentError with the stack events' reasons.
    """
    emulator.client("s3").create_bucket(Bucket=_ARTIFACTS_BUCKET)
    environment = _sam_environment(emulator.directory) | {
        "AWS_ENDPOINT_URL": emulator.endpoint_url,
        "AWS_REGION": emulator.region,
        "AWS_DEFAULT_REGION": emulator.region,
        "AWS_ACCESS_KEY_ID": emulator.credentials.access_key_id,
        "AWS_SECRET_ACCESS_KEY": emulator.credentials.secret_access_key,
        "SAM_CLI_POLL_DELAY": "0.2",
    }
    arguments = ["deploy", "--config-file", str(configuration), "--config-env", "local"]
    arguments += ["--template-file", str(template), "--stack-name", stack_name]
    arguments += ["--s3-bucket", _ARTIFACTS_BUCKET, "--capabilities", "CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"]
    arguments += ["--no-confirm-changeset", "--no-fail-on-empty-changeset", "--no-progressbar"]
    # MiniStack takes a REST API's id from this tag, and CloudFormation puts a stack's tags on its resources.
    arguments += ["--tags", f"ms-custom-id={API_ID}"]
    arguments += ["--parameter-overrides", *_overrides(parameters)] if parameters else []
    report(f"sam deploy to {emulator.endpoint_url}")
    try:
        _sam(arguments, environment, directory=REPOSITORY, log=emulator.directory / "sam-deploy.log", report=report)
    except DeploymentError as error:
        reasons = _failure_reasons(emulator, stack_name)
        raise DeploymentError("\n".join(reasons) or str(error)) from error
    _shape_gateway_responses(emulator, stack_name)
    return _outputs(emulator, stack_name)


def api_url(emulator: AwsEmulator, stage_name: str = STAGE_NAME) -> str:
    """Where the deployed REST API answers. Known before the deployment, so it can be one of its parameters."""
    return f"{emulator.endpoint_url}/_aws/execute-api/{API_ID}/{stage_name}"


def _overrides(parameters: Mapping[str, str]) -> list[str]:
    quoted = {key: value.replace('"', '\\"') for key, value in parameters.items()}
    return [f'ParameterKey={key},ParameterValue="{value}"' for key, value in quoted.items()]


def _sam(
    arguments: Sequence[str], environment: Mapping[str, str], *, directory: Path, log: Path, report: Report
) -> None:
    sam = os.environ.get("SAM", REPOSITORY / ".venv/sam/bin/sam")
    started = time.monotonic()
    with log.open("w") as output:
        status = subprocess.run(
            [sam, *arguments], env=environment, cwd=directory, stdout=output, stderr=subprocess.STDOUT, check=False
        ).returncode
    if status != 0:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-20:])
        raise DeploymentError(f"sam {arguments[0]} ended with status {status}\n{tail}")
    report(f"  done in {time.monotonic() - started:.1f} s")


def _sam_environment(directory: Path) -> dict[str, str]:
    """The environment of a `sam` that uses no network and no AWS profile of this machine."""
    settings = directory.resolve() / "sam"
    (settings / "tmp").mkdir(parents=True, exist_ok=True)
    # SAM asks the package index for a newer version unless it did within a week.
    (settings / "metadata.json").write_text(json.dumps({"lastVersionCheck": time.time()}))
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "SAM_"))}
    return inherited | {
        "__SAM_CLI_APP_DIR": str(settings),
        "TMPDIR": str(settings / "tmp"),
        "SAM_CLI_TELEMETRY": "0",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
    }


def _outputs(emulator: AwsEmulator, stack_name: str) -> dict[str, str]:
    (stack,) = emulator.client("cloudformation").describe_stacks(StackName=stack_name)["Stacks"]
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def _failure_reasons(emulator: AwsEmulator, stack_name: str) -> list[str]:
    cloudformation = emulator.client("cloudformation")
    if stack_name not in {stack["StackName"] for stack in cloudformation.describe_stacks()["Stacks"]}:
        return []
    events = cloudformation.describe_stack_events(StackName=stack_name)["StackEvents"]
    return [
        f"{event['LogicalResourceId']} {event['ResourceStatus']}: {event.get('ResourceStatusReason', 'no reason')}"
        for event in reversed(events)
        if event["ResourceStatus"].endswith("_FAILED")
    ]


def _shape_gateway_responses(emulator: AwsEmulator, stack_name: str) -> None:
    """Apply the gateway responses of the API's OpenAPI body, which MiniStack's import leaves out."""
    resources = _processed_template(emulator, stack_name)["Resources"].values()
    (body,) = [item["Properties"]["Body"] for item in resources if item["Type"] == "AWS::ApiGateway::RestApi"]
    gateway = emulator.client("apigateway")
    for kind, response in body.get("x-amazon-apigateway-gateway-responses", {}).items():
        gateway.put_gateway_response(
            restApiId=API_ID,
            responseType=kind,
            responseTemplates=response.get("responseTemplates", {}),
            responseParameters=response.get("responseParameters", {}),
            **({"statusCode": str(response["statusCode"])} if "statusCode" in response else {}),
        )
    for stage in gateway.get_stages(restApiId=API_ID)["item"]:
        gateway.create_deployment(restApiId=API_ID, stageName=stage["stageName"])


def _processed_template(emulator: AwsEmulator, stack_name: str) -> Any:
    cloudformation = emulator.client("cloudformation")
    template = cloudformation.get_template(StackName=stack_name, TemplateStage="Processed")["TemplateBody"]
    return json.loads(template) if isinstance(template, str) else template
