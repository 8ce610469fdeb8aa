"""What Stripe's error codes mean that are the operator's matter: the account, its key, or a request of ours."""

from collections.abc import Mapping

from paystream.model.texts import to_customers as customer
from paystream.model.texts.of_declines import Texts, for_customer

_BAD_REQUEST = "Stripe does not accept what was sent: {}. Report it."

ACCOUNTS: Mapping[str, Texts] = for_customer(
    customer.OURS,
    {
        "api_key_expired": "The secret key has expired. Connect the account with a new one.",
        "platform_api_key_expired": "The platform's secret key has expired. Connect the account with a new one.",
        "secret_key_required": "The key is no secret key. Connect the account with one.",
        "account_country_invalid_address": "The account's address is not in its country. See Stripe's dashboard.",
        "account_error_country_change_requires_additional_steps": "The account is being moved to another country.",
        "account_information_mismatch": "The account's data do not match. See what Stripe asks for in its dashboard.",
        "account_invalid": "The key does not give access to the account.",
        "account_token_required_for_v2_account": "The account needs an account token.",
        "application_fees_not_allowed": "The account allows no application fees.",
        "not_allowed_on_standard_account": "The account does not allow it, because it is a standard account.",
        "platform_account_required": "Only a platform account may do that.",
        "progressive_onboarding_limit_exceeded": "The account has reached its limit. See Stripe's dashboard.",
        "testmode_charges_only": "The account is not activated: it takes test charges only. See Stripe's dashboard.",
        "tls_version_unsupported": "Stripe does not accept the connection's TLS version.",
        "payment_method_unactivated": "The type of payment method is not activated. Activate it in Stripe's dashboard.",
        "sepa_unsupported_account": "The account does not support SEPA.",
        "capability_not_active": "The account lacks a capability. Activate it in Stripe's dashboard.",
        "alipay_upgrade_required": "Stripe does not support this way of charging Alipay any more.",
        "bitcoin_upgrade_required": "Stripe does not support Bitcoin any more.",
        "charge_invalid_parameter": _BAD_REQUEST.format("a parameter is not valid"),
        "invalid_characters": _BAD_REQUEST.format("a text has characters that are not supported"),
        "livemode_mismatch": "Test data were used with a live key, or live data with a test key.",
        "parameter_invalid_empty": _BAD_REQUEST.format("a parameter is empty"),
        "parameter_invalid_integer": _BAD_REQUEST.format("a parameter is no whole number"),
        "parameter_invalid_string_blank": _BAD_REQUEST.format("a text is blank"),
        "parameter_invalid_string_empty": _BAD_REQUEST.format("a text is empty"),
        "parameter_unknown": _BAD_REQUEST.format("a parameter is not known"),
        "parameters_exclusive": _BAD_REQUEST.format("two parameters exclude each other"),
        "payment_method_invalid_parameter": _BAD_REQUEST.format("a parameter of the payment method is not valid"),
        "payment_method_invalid_parameter_testmode": _BAD_REQUEST.format("a test value was sent in live mode"),
        "payment_method_unsupported_type": _BAD_REQUEST.format("the type of payment method is not supported for it"),
        "setup_intent_invalid_parameter": _BAD_REQUEST.format("a parameter is not valid"),
        "url_invalid": _BAD_REQUEST.format("a URL is not valid"),
        "payment_evaluation_on_api_version_not_supported": _BAD_REQUEST.format("the API's version does not support it"),
        "parameter_missing": "Stripe misses a parameter: it may be something of the customer, a tax number say.",
        "payment_intent_invalid_parameter": "Stripe does not allow a parameter here: a currency or an amount, say.",
    },
)
"""By error code."""
