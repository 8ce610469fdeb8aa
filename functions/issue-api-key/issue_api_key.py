"""Issue an API key. Invoked by an operator with IAM; the key is shown this once.

aws lambda invoke --function-name … --payload '{"organization_id": "…", "name": "billing"}' /dev/stdout
"""

from typing import Any
from uuid import UUID

from aws_lambda_powertools.utilities.typing import LambdaContext
from paystream import bootstrap
from paystream.observability import logger
from paystream.use_cases.accounts.api_keys import issue_api_key as issue


@logger.inject_lambda_context(clear_state=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, str]:
    """Issue a key for `organization_id` (a UUID; a new organization without one). Raises ValueError for anything
    else.
    """
    organization_id = str(UUID(str(event.get("organization_id") or bootstrap.new_id())))
    name = str(event.get("name") or "unnamed")
    key = issue(
        organization_id,
        name,
        keys=bootstrap.stores().api_keys,
        secret=bootstrap.new_key_secret(),
        now=bootstrap.now(),
    )
    logger.info("API key issued", organization_id=organization_id)
    return {"organization_id": organization_id, "name": name, "api_key": key}
