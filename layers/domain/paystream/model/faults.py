"""Whose fault it is when Stripe refuses a charge, by the code of its error.

What the customer, the card or the invoice's terms are the reason of is an outcome: the attempt has failed. What the
account, its key or a request of ours are the reason of is the operator's matter: nobody's invoice fails by it. Stripe
says what each code means; whose fault that is, and how far it reaches, is our reading of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from paystream.model.declines import is_known_reason
from paystream.model.outcome import Failure


class Whose(StrEnum):
    """`CUSTOMER` stands for the card and what is owed as well, `OPERATOR` for the account, its key and us."""

    CUSTOMER = "customer"
    OPERATOR = "operator"
    UNKNOWN = "unknown"


class Reach(StrEnum):
    """What an operator's fault stops: all that is asked with the key, each charge of the account, those of one type of
    payment method, what one permission is for, or a single request.
    """

    KEY = "key"
    ACCOUNT = "account"
    METHOD_TYPE = "payment_method_type"
    PERMISSION = "permission"
    REQUEST = "request"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A code, in the field of Stripe's error that has it, and where it is described. An operator's has its reach."""

    field: str
    code: str
    whose: Whose
    source: str
    reach: Reach | None = None


_ERRORS = "https://docs.stripe.com/error-codes"
_LIBRARY = "https://docs.stripe.com/api/payment_intents/object#payment_intent_object-last_payment_error-code"
_CAPABILITIES = "https://docs.stripe.com/connect/account-capabilities"
_DECLINES = "https://docs.stripe.com/declines/codes"


def _faults(whose: Whose, source: str, codes: str, reach: Reach | None = None) -> Iterator[Fault]:
    return (Fault(field="code", code=code, whose=whose, source=source, reach=reach) for code in codes.split())


FAULTS: tuple[Fault, ...] = (
    *_faults(
        Whose.CUSTOMER,
        _ERRORS,
        """
        account_closed account_number_invalid acss_debit_session_incomplete amount_too_large amount_too_small
        authentication_required bank_account_bad_routing_numbers bank_account_declined bank_account_exists
        bank_account_restricted bank_account_unusable bank_account_unverified bank_account_verification_failed
        billing_invalid_mandate card_decline_rate_limit_exceeded card_declined country_code_invalid
        customer_max_payment_methods customer_tax_location_invalid debit_not_authorized email_invalid expired_card
        incorrect_address incorrect_cvc incorrect_number incorrect_zip insufficient_funds
        intent_verification_method_missing invalid_charge_amount invalid_cvc invalid_expiry_month invalid_expiry_year
        invalid_number invalid_source_usage missing no_account payment_intent_action_required
        payment_intent_authentication_failure payment_intent_incompatible_payment_method payment_intent_mandate_invalid
        payment_intent_konbini_rejected_confirmation_number payment_intent_payment_attempt_expired
        payment_intent_payment_attempt_failed payment_method_bank_account_already_verified
        payment_method_bank_account_blocked payment_method_billing_details_address_missing
        payment_method_currency_mismatch payment_method_customer_decline payment_method_microdeposit_failed
        payment_method_microdeposit_verification_amounts_invalid
        payment_method_microdeposit_verification_amounts_mismatch
        payment_method_microdeposit_verification_attempts_exceeded
        payment_method_microdeposit_verification_descriptor_code_mismatch
        payment_method_microdeposit_verification_timeout payment_method_not_available payment_method_provider_decline
        payment_method_provider_timeout payment_method_unexpected_state postal_code_invalid processing_error
        refer_to_customer resource_missing routing_number_invalid setup_attempt_failed
        setup_intent_authentication_failure setup_intent_mandate_invalid setup_intent_setup_attempt_expired
        tax_id_invalid
        """,
    ),
    *_faults(
        Whose.CUSTOMER,
        _LIBRARY,
        """
        authentication_failure expired_payment_method incorrect_postal_code india_recurring_payment_mandate_canceled
        payment_method_microdeposit_processing_error payment_method_restricted
        three_d_secure_authentication_not_supported three_d_secure_authentication_upstream_error token_already_used
        token_card_network_invalid token_in_use
        """,
    ),
    *_faults(Whose.OPERATOR, _ERRORS, "api_key_expired platform_api_key_expired secret_key_required", Reach.KEY),
    *_faults(
        Whose.OPERATOR,
        _ERRORS,
        """
        account_country_invalid_address account_error_country_change_requires_additional_steps
        account_information_mismatch account_invalid application_fees_not_allowed not_allowed_on_standard_account
        platform_account_required progressive_onboarding_limit_exceeded testmode_charges_only tls_version_unsupported
        """,
        Reach.ACCOUNT,
    ),
    *_faults(Whose.OPERATOR, _LIBRARY, "account_token_required_for_v2_account", Reach.ACCOUNT),
    *_faults(Whose.OPERATOR, _ERRORS, "payment_method_unactivated sepa_unsupported_account", Reach.METHOD_TYPE),
    *_faults(Whose.OPERATOR, _CAPABILITIES, "capability_not_active", Reach.METHOD_TYPE),
    *_faults(
        Whose.OPERATOR,
        _ERRORS,
        """
        alipay_upgrade_required bitcoin_upgrade_required charge_exceeds_source_limit charge_exceeds_transaction_limit
        charge_invalid_parameter invalid_characters livemode_mismatch parameter_invalid_empty
        parameter_invalid_integer parameter_invalid_string_blank parameter_invalid_string_empty parameter_unknown
        parameters_exclusive payment_method_invalid_parameter payment_method_invalid_parameter_testmode
        payment_method_unsupported_type setup_intent_invalid_parameter url_invalid
        """,
        Reach.REQUEST,
    ),
    *_faults(Whose.OPERATOR, _LIBRARY, "payment_evaluation_on_api_version_not_supported", Reach.REQUEST),
    Fault(
        field="decline_code",
        code="invalid_business_account",
        whose=Whose.OPERATOR,
        source=_DECLINES,
        reach=Reach.METHOD_TYPE,
    ),
    # What lacks, or is not allowed, may be what the customer has or what is owed: a tax number, a currency.
    *_faults(Whose.UNKNOWN, _ERRORS, "parameter_missing payment_intent_invalid_parameter"),
    *_faults(
        Whose.UNKNOWN,
        _LIBRARY,
        """
        action_blocked anomalous_money_movement_request approval_required balance_insufficient
        balance_invalid_parameter capture_charge_authorization_expired capture_unauthorized_payment
        cardholder_phone_number_required charge_already_captured charge_already_refunded charge_disputed
        charge_expired_for_capture charge_not_refundable clearing_code_unsupported country_unsupported coupon_expired
        customer_max_subscriptions customer_session_expired dispute_evidence_page_limit_exceeded failed_tax_calculation
        financial_account_balance_does_not_support_currency financial_account_capability_not_enabled
        financial_account_capability_restricted financial_connections_account_inactive
        financial_connections_account_pending_account_numbers financial_connections_account_unavailable_account_numbers
        financial_connections_consent_locale_invalid financial_connections_consent_locale_unsupported
        financial_connections_no_successful_transaction_refresh forwarding_api_inactive
        forwarding_api_invalid_parameter forwarding_api_retryable_upstream_error
        forwarding_api_upstream_connection_error forwarding_api_upstream_connection_timeout
        forwarding_api_upstream_error idempotency_key_in_use instant_payouts_config_disabled
        instant_payouts_currency_disabled instant_payouts_limit_exceeded instant_payouts_unsupported
        intent_invalid_state invalid_canceled_subscription_fields invalid_card_type
        invalid_mandate_reference_prefix_format invalid_tax_location invoice_no_customer_line_items
        invoice_no_payment_method_types invoice_no_subscription_line_items invoice_not_editable
        invoice_on_behalf_of_not_editable invoice_payment_intent_requires_action invoice_upcoming_none lock_timeout
        out_of_inventory ownership_declaration_not_allowed payment_intent_rate_limit_exceeded
        payment_intent_unexpected_state payment_method_configuration_failures payout_reconciliation_not_ready
        payouts_limit_exceeded payouts_not_allowed product_inactive rate_limit refund_disputed_payment request_blocked
        resource_already_exists return_intent_already_processed
        service_period_coupon_with_metered_tiered_item_unsupported setup_intent_mobile_wallet_unsupported
        setup_intent_unexpected_state shipping_address_invalid shipping_calculation_failed siret_invalid sku_inactive
        smart_disputes_not_available state_unsupported status_transition_invalid storer_capability_missing
        storer_capability_not_active stripe_tax_inactive subscription_update_trial_after_billing_cycle_anchor
        tax_id_prohibited taxes_calculation_failed terminal_location_country_unsupported terminal_reader_busy
        terminal_reader_hardware_fault terminal_reader_invalid_location_for_activation
        terminal_reader_invalid_location_for_payment terminal_reader_offline terminal_reader_timeout
        transfer_source_balance_parameters_mismatch transfers_not_allowed
        """,
    ),
)
"""Each code that Stripe's library knows of a payment intent. Of most of the last ones no charge is known that they
refuse: should one be, it counts as any that stands in no table.
"""

_BY_CODE = {(fault.field, fault.code): fault for fault in FAULTS}


def fault_of(failure: Failure) -> Fault | None:
    """The row of a refusal's code, the decline code's before the error code's; None if neither has one."""
    by_decline = _BY_CODE.get(("decline_code", failure.decline_code or ""))
    return by_decline or _BY_CODE.get(("code", failure.code))


def whose_fault(failure: Failure) -> Whose:
    """Whose fault the refusal is. A decline that is known is never anybody's but the customer's, or the operator's."""
    fault = fault_of(failure)
    if fault and fault.whose is Whose.OPERATOR:
        return Whose.OPERATOR
    if is_known_reason(failure) or (fault and fault.whose is Whose.CUSTOMER):
        return Whose.CUSTOMER
    return Whose.UNKNOWN
