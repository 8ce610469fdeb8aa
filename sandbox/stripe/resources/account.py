"""https://docs.stripe.com/api/accounts: the account that the key belongs to."""

from sandbox.stripe.context import Context
from sandbox.stripe.wire import JsonObject


def new_account(account_id: str, name: str, country: str, currency: str, created: int) -> JsonObject:
    capabilities = ("card_payments", "sepa_debit_payments", "transfers", "us_bank_account_ach_payments")
    requirements: JsonObject = {
        "alternatives": [],
        "current_deadline": None,
        "currently_due": [],
        "disabled_reason": None,
        "errors": [],
        "eventually_due": [],
        "past_due": [],
        "pending_verification": [],
    }
    return {
        "id": account_id,
        "object": "account",
        "business_profile": {
            "mcc": "5734",
            "name": name,
            "product_description": None,
            "support_email": None,
            "url": None,
        },
        "business_type": "company",
        "capabilities": dict.fromkeys(capabilities, "active"),
        "charges_enabled": True,
        "controller": {"type": "account"},
        "country": country,
        "created": created,
        "default_currency": currency,
        "details_submitted": True,
        "email": "owner@example.com",
        "external_accounts": {
            "object": "list",
            "data": [],
            "has_more": False,
            "url": f"/v1/accounts/{account_id}/external_accounts",
        },
        "future_requirements": requirements,
        "metadata": {},
        "payouts_enabled": True,
        "requirements": requirements,
        "settings": {
            "branding": {"icon": None, "logo": None, "primary_color": None, "secondary_color": None},
            "card_payments": {"statement_descriptor_prefix": name.upper()[:10]},
            "dashboard": {"display_name": name, "timezone": "Etc/UTC"},
            "payments": {"statement_descriptor": name.upper()[:22]},
        },
        "tos_acceptance": {"date": None, "ip": None, "user_agent": None},
        "type": "standard",
    }


def retrieve_current(context: Context, params: JsonObject) -> JsonObject:
    return context.account.details
