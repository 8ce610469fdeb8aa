"""What Stripe's error codes of a charge mean, each in words for the operator and for the customer.

The operator's are Stripe's descriptions in short; the sources are those of `FAULTS` of model/faults.py.
"""

from collections.abc import Mapping

from paystream.model.texts import to_customers as customer
from paystream.model.texts.of_declines import Texts, for_customer

_DEPOSITS = "The bank account was not verified by its microdeposits"
_FAILED_AUTHENTICATION = "The customer did not authenticate, or the bank refused it."
_NO_MANDATE = "The mandate to charge the customer is not valid."

ERRORS: Mapping[str, Texts] = {
    **for_customer(
        customer.OTHER_METHOD,
        {
            "bank_account_declined": "The bank account cannot be charged: it was declined.",
            "bank_account_restricted": "The bank account cannot be charged: it is restricted.",
            "card_declined": "The card was declined.",
            "payment_intent_payment_attempt_failed": "The payment has failed.",
            "payment_method_bank_account_blocked": "The bank account was blocked after failed debits.",
            "payment_method_customer_decline": "The customer has declined the payment.",
            "payment_method_provider_decline": "The provider of the payment method declined the payment.",
            "payment_method_restricted": "The payment method is restricted.",
            "payment_intent_konbini_rejected_confirmation_number": "The confirmation number was rejected.",
            "refer_to_customer": "The bank sends the debit back: the customer is to be asked.",
            "setup_attempt_failed": "The payment method could not be set up.",
            "missing": "Stripe does not find what is charged.",
            "recipient_deceased": "The holder of the account has died.",
            "canceled": "The payment was canceled.",
            "payment_failed": "The payment has failed.",
        },
    ),
    **for_customer(customer.FUNDS, {"insufficient_funds": "The bank says the account lacks the money."}),
    **for_customer(
        customer.LATER,
        {
            "card_decline_rate_limit_exceeded": "The card was declined too often in a short time.",
            "generic_could_not_process": "The bank could not process the debit.",
            "payment_method_not_available": "The provider of the payment method cannot be reached.",
            "payment_method_provider_timeout": "The provider of the payment method did not answer in time.",
            "processing_error": "An error occurred while the payment was processed.",
            "token_in_use": "The payment method is used by another request at this moment.",
        },
    ),
    **for_customer(
        customer.CONFIRM,
        {
            "authentication_required": "The bank wants the customer to authenticate.",
            "authentication_failure": _FAILED_AUTHENTICATION,
            "payment_intent_action_required": "The bank wants the customer to authenticate.",
            "payment_intent_authentication_failure": _FAILED_AUTHENTICATION,
            "payment_intent_payment_attempt_expired": "The customer did not act in time.",
            "setup_intent_authentication_failure": _FAILED_AUTHENTICATION,
            "setup_intent_setup_attempt_expired": "The customer did not act in time.",
            "three_d_secure_authentication_upstream_error": "The bank's authentication did not answer.",
            "acss_debit_session_incomplete": "The customer has not agreed to the debit yet.",
        },
    ),
    **for_customer(
        customer.EXPIRED,
        {
            "expired_card": "The card has expired.",
            "expired_payment_method": "The payment method has expired.",
            "invalid_expiry_month": "The card's month of expiry is not valid.",
            "invalid_expiry_year": "The card's year of expiry is not valid.",
        },
    ),
    **for_customer(
        customer.DATA,
        {
            "incorrect_address": "The address is not the one that the bank knows.",
            "incorrect_cvc": "The card's CVC is wrong.",
            "incorrect_number": "The card's number is wrong.",
            "incorrect_postal_code": "The postal code is not the one that the bank knows.",
            "incorrect_zip": "The postal code is not the one that the bank knows.",
            "invalid_cvc": "The card's CVC is wrong.",
            "invalid_number": "The card's number is not valid.",
            "payment_method_billing_details_address_missing": "The payment method has no billing address.",
            "resource_missing": "What was to be charged is gone at Stripe.",
            "token_already_used": "The payment method was used already, and can be used once only.",
        },
    ),
    **for_customer(
        customer.ACCOUNT,
        {
            "account_closed": "The bank account is closed.",
            "account_number_invalid": "The bank account's number is not valid.",
            "bank_account_bad_routing_numbers": "The bank account's routing number is not valid.",
            "bank_account_exists": "The bank account is on file already.",
            "bank_account_unusable": "The bank account cannot be charged.",
            "bank_account_unverified": "The bank account is not verified yet.",
            "bank_account_verification_failed": "The bank account could not be verified.",
            "intent_verification_method_missing": "The bank account cannot be verified in the way that was asked for.",
            "no_account": "The bank finds no such account.",
            "payment_method_bank_account_already_verified": "The bank account is verified already.",
            "payment_method_microdeposit_failed": f"{_DEPOSITS}: they did not arrive.",
            "payment_method_microdeposit_processing_error": f"{_DEPOSITS}: an error occurred.",
            "payment_method_microdeposit_verification_amounts_invalid": f"{_DEPOSITS}: the amounts are not valid.",
            "payment_method_microdeposit_verification_amounts_mismatch": f"{_DEPOSITS}: the amounts are wrong.",
            "payment_method_microdeposit_verification_attempts_exceeded": f"{_DEPOSITS}: they were wrong too often.",
            "payment_method_microdeposit_verification_descriptor_code_mismatch": f"{_DEPOSITS}: the code is wrong.",
            "payment_method_microdeposit_verification_timeout": f"{_DEPOSITS} in time.",
            "routing_number_invalid": "The bank account's routing number is not valid.",
        },
    ),
    **for_customer(
        customer.NOT_FOR_THIS,
        {
            "customer_max_payment_methods": "The customer has as many payment methods as Stripe allows.",
            "invalid_source_usage": "The payment method cannot be used for this, or not any more.",
            "payment_intent_incompatible_payment_method": "The payment method is not of a type that is charged for it.",
            "payment_method_currency_mismatch": "The payment method does not support the currency.",
            "payment_method_unexpected_state": "The payment method cannot be charged in its state.",
            "three_d_secure_authentication_not_supported": "The card supports no authentication.",
            "token_card_network_invalid": "The card's network is not accepted.",
        },
    ),
    **for_customer(
        customer.AGREE,
        {
            "authorization_revoked": "The customer has revoked the authorization of the debit.",
            "billing_invalid_mandate": _NO_MANDATE,
            "debit_disputed": "The customer has had the debit sent back.",
            "debit_not_authorized": "The customer says the debit was not authorized.",
            "india_recurring_payment_mandate_canceled": "The customer has canceled the mandate to charge the card.",
            "payment_intent_mandate_invalid": _NO_MANDATE,
            "setup_intent_mandate_invalid": _NO_MANDATE,
        },
    ),
    **for_customer(
        customer.PROFILE,
        {
            "country_code_invalid": "The country is not valid.",
            "customer_tax_location_invalid": "The customer's address is not valid for taxes.",
            "email_invalid": "The e-mail address is not valid.",
            "postal_code_invalid": "The postal code is not valid.",
            "tax_id_invalid": "The tax number is not valid.",
            "missing_country": "A bank transfer in EUR needs a customer in one of BE, DE, ES, FR, IE, NL.",
            "customer_refused": "Stripe refused to create the customer.",
        },
    ),
    **for_customer(
        customer.OURS,
        {
            "amount_too_large": "The amount is above what Stripe takes.",
            "amount_too_small": "The amount is below Stripe's minimum.",
            "charge_exceeds_source_limit": "The amount is above what may be charged in a week at this time.",
            "charge_exceeds_transaction_limit": "The amount is above what may be charged at a time.",
            "invalid_charge_amount": "The amount is not valid.",
        },
    ),
    **for_customer(customer.NEW_PAGE, {"payment_link_expired": "Nobody paid on the page until it expired."}),
    **for_customer(
        customer.SAVE_ONE,
        {
            "customer_must_have_payment_method": "The next attempt found no payment method of the customer.",
            "payment_method_not_found": "The payment method that was chosen is the customer's no more.",
        },
    ),
    **for_customer(
        customer.OURS,
        {
            "customer_must_have_payment_provider": "The next attempt found the customer linked to no Stripe account.",
            "fallback_payment_consent_withdrawn": "Another payment method was to be charged, and must not be any more.",
            "invoice_is_self_billed": "The customer bills itself: nothing is collected.",
            "payment_provider_not_connected": "The Stripe account of the attempt is not connected any more.",
        },
    ),
}
"""By error code: those of the customer, the card and the bank, and ours."""
