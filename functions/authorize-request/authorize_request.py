"""API Gateway's authorizer: a bearer API key leads to its organization."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from paystream import bootstrap
from paystream.observability import logger
from paystream.use_cases.accounts.api_keys import organization_for


class UnauthorizedError(Exception):
    """API Gateway answers 401 to an authorizer that fails with exactly this text."""

    def __init__(self) -> None:
        super().__init__("Unauthorized")


@logger.inject_lambda_context(clear_state=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Allow the whole stage: the answer is cached per key, and every route belongs to every organization."""
    scheme, _, key = event.get("authorizationToken", "").partition(" ")
    organization_id = None
    if scheme.lower() == "bearer":
        organization_id = organization_for(key.strip(), keys=bootstrap.stores().api_keys)
    if organization_id is None:
        logger.info("unknown API key")
        raise UnauthorizedError
    stage = "/".join(event["methodArn"].split("/")[:2])
    statement = {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": f"{stage}/*"}
    return {
        "principalId": organization_id,
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "context": {"organization_id": organization_id},
    }
