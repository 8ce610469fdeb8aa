"""What a checkout session sells: https://docs.stripe.com/api/checkout/sessions/line_items."""

from sandbox.stripe.context import Context
from sandbox.stripe.currencies import check_amount
from sandbox.stripe.errors import ApiError, invalid_request
from sandbox.stripe.wire import JsonObject


def priced(context: Context, params: JsonObject) -> tuple[str, list[JsonObject]]:
    lines = params.get("line_items")
    if not lines:
        message = "You must provide `line_items` in `payment` mode."
        raise invalid_request(message, code="parameter_missing", param="line_items")
    items = [_line_item(context, line, index) for index, line in enumerate(lines)]
    currencies = {item["currency"] for item in items}
    if len(currencies) > 1:
        raise invalid_request("All line items must have the same currency.", param="line_items")
    total = sum(item["amount_total"] for item in items)
    return check_amount(total, currencies.pop(), "line_items"), items


def _line_item(context: Context, line: JsonObject, index: int) -> JsonObject:
    if "price_data" not in line:
        raise _no_price(line, index)
    if "quantity" not in line:
        message = f"Quantity is required. Add `quantity` to `line_items[{index}]`"
        raise invalid_request(message, param=f"line_items[{index}]")
    price, quantity = line["price_data"], line["quantity"]
    product = price.get("product_data") or {}
    amount = price.get("unit_amount", 0) * quantity
    return {
        "id": context.new_id("li"),
        "object": "item",
        "amount_discount": 0,
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "currency": price["currency"].lower(),
        "description": product.get("name"),
        "price": _one_time_price(context, price),
        "quantity": quantity,
    }


def _one_time_price(context: Context, price: JsonObject) -> JsonObject:
    """The price that Stripe makes of `price_data`; it cannot be used again."""
    amount = price.get("unit_amount", 0)
    return {
        "id": context.new_id("price"),
        "object": "price",
        "active": False,
        "billing_scheme": "per_unit",
        "created": context.now,
        "currency": price["currency"].lower(),
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": None,
        "metadata": {},
        "nickname": None,
        "product": context.new_id("prod"),
        "recurring": None,
        "tax_behavior": "unspecified",
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "one_time",
        "unit_amount": amount,
        "unit_amount_decimal": str(amount),
    }


def _no_price(line: JsonObject, index: int) -> ApiError:
    if "price" in line:
        param = f"line_items[{index}][price]"
        return invalid_request(f"No such price: '{line['price']}'", code="resource_missing", param=param)
    message = f"You must specify either `price` or `price_data` for `line_items[{index}]`."
    return invalid_request(message, param=f"line_items[{index}]")
