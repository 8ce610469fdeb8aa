"""What the fields of a stored invoice must not say together."""

from collections.abc import Iterator

from aws_in_memory.dynamodb.values import Item
from paystream.adapters.dynamodb.invoice_items import FORMAT, invoice_of
from paystream.model.standing import LEADS_TO, ContradictionError, Stage


def contradictions(invoice: Item) -> Iterator[str]:
    """What contradicts itself in an invoice of ours, in words: the product's own type says so."""
    if invoice.get("item_format") != {"N": str(FORMAT)} or "stage" not in invoice:
        yield "is not written in today's format"
    try:
        invoice_of(invoice)
    except ContradictionError as error:
        yield f"contradicts itself: {error}"


def leap(before: Item, after: Item) -> str | None:
    """A way from one stage to another that the product does not know, in words."""
    if "stage" not in before or "stage" not in after:
        return None
    was, is_now = Stage(before["stage"]["S"]), Stage(after["stage"]["S"])
    return None if was is is_now or is_now in LEADS_TO[was] else f"was {was} and is {is_now}"
