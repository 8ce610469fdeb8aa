"""Hold the figures against what they are counted from. Invoked by an operator, page by page.

aws lambda invoke --function-name … --payload '{"part": "invoices"}' /dev/stdout
"""

from dataclasses import asdict
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from paystream import bootstrap
from paystream.entry.check_order import check_order
from paystream.observability import logger, metrics
from paystream.use_cases.figures.check_figures import check_figures as check


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer with what does not agree on this page, and with the `next_cursor` of the next one. Changes nothing.

    Raises InvalidInputError.
    """
    order = check_order(event)
    page = check(order.part, stores=bootstrap.stores(), cursor=order.cursor)
    logger.info("figures checked", part=order.part.value, checked=page.checked, miscounted=len(page.miscounted))
    return {
        "checked": page.checked,
        "miscounted": [asdict(one) for one in page.miscounted],
        "differences": [
            {
                "organization_id": one.organization_id,
                "row": f"{one.row.kind.value} {one.row.day} {one.row.currency}",
                "measure": one.measure,
                "number": one.number,
            }
            for one in page.differences
        ],
        "next_cursor": page.next_cursor,
    }
