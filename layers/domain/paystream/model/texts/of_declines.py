"""The reasons for which a bank or a card network declines, each in words for the operator and for the customer.

The operator's are Stripe's descriptions in short; the sources are those of `REASONS` of model/declines.py.
"""

from collections.abc import Mapping

from paystream.model.texts import to_customers as customer

Texts = tuple[str, str]
"""For the operator, and for the customer."""


def for_customer(text: str, operators: Mapping[str, str]) -> dict[str, Texts]:
    """Rows of codes of which the customer reads the same."""
    return {code: (operator, text) for code, operator in operators.items()}


DECLINES: Mapping[str, Texts] = {
    **for_customer(
        customer.FUNDS,
        {
            "insufficient_funds": "The bank says the account lacks the money.",
        },
    ),
    **for_customer(
        customer.LIMIT,
        {
            "card_velocity_exceeded": "The bank says the customer has used up the card's balance or credit.",
            "withdrawal_count_limit_exceeded": "The bank says the customer has used up the card's balance or credit.",
            "payment_limit_exceeded": "The amount is above the limit of the payment method.",
            "invalid_amount": "The bank says the amount is not valid, or above what the card allows.",
        },
    ),
    **for_customer(
        customer.LATER,
        {
            "approve_with_id": "The bank could not authorize the payment.",
            "issuer_not_available": "The bank could not be reached.",
            "processing_error": "An error occurred while the payment was processed.",
            "reenter_transaction": "The bank could not process the payment, for a reason it does not say.",
            "try_again_later": "The bank declined the payment, and says that it may be tried again later.",
            "duplicate_transaction": "The bank takes it for a payment of the same amount that was made just before.",
            "partner_payment_not_found": "The provider of the payment method does not find the payment.",
        },
    ),
    **for_customer(
        customer.OTHER_METHOD,
        {
            "call_issuer": "The bank declined the card, and wants the customer to call.",
            "do_not_honor": "The bank declined the card without saying why.",
            "do_not_try_again": "The bank declined the card without saying why, and forbids another try.",
            "generic_decline": "The bank declined the card without saying why.",
            "no_action_taken": "The bank declined the card without saying why.",
            "partner_generic_decline": "The provider of the payment method declined without saying why.",
            "not_permitted": "The bank does not permit the payment.",
            "service_not_allowed": "The bank does not allow the payment.",
            "transaction_not_allowed": "The bank does not allow the payment.",
            "compliance_violation": "The bank declined the payment because of rules it has to keep.",
            "fraudulent": "Stripe or the bank suspects fraud. Not for the customer's eyes.",
            "lost_card": "The card is reported as lost. Not for the customer's eyes.",
            "lost_or_stolen_card": "The card is reported as lost or stolen. Not for the customer's eyes.",
            "stolen_card": "The card is reported as stolen. Not for the customer's eyes.",
            "pickup_card": "The bank keeps the card: it may be lost or stolen. Not for the customer's eyes.",
            "restricted_card": "The card is blocked: it may be lost or stolen. Not for the customer's eyes.",
            "merchant_blacklist": "It matches the block list of the account. Not for the customer's eyes.",
            "partner_high_risk_customer": "The provider fears a high risk. Not for the customer's eyes.",
            "security_violation": "The bank declined the card for a security violation. Not for the customer's eyes.",
            "payment_disputed": "The customer has disputed a payment of this kind.",
            "testmode_decline": "A test card was used in live mode.",
        },
    ),
    **for_customer(
        customer.CONFIRM,
        {
            "authentication_not_handled": "The bank wants the customer to authenticate.",
            "authentication_required": "The bank wants the customer to authenticate.",
            "mobile_device_authentication_required": "The bank wants the customer to authenticate on a phone.",
            "offline_pin_required": "The bank wants the card's PIN, as at a terminal.",
            "online_or_offline_pin_required": "The bank wants the card's PIN, as at a terminal.",
        },
    ),
    **for_customer(
        customer.EXPIRED,
        {
            "expired_card": "The card has expired.",
            "expired_payment_information": "What is on file of the payment method has expired.",
            "invalid_expiry_month": "The card's month of expiry is not valid.",
            "invalid_expiry_year": "The card's year of expiry is not valid.",
            "new_account_information_available": "The bank has given the customer another card.",
        },
    ),
    **for_customer(
        customer.DATA,
        {
            "incorrect_address": "The address is not the one that the bank knows.",
            "incorrect_cvc": "The card's CVC is wrong.",
            "incorrect_number": "The card's number is wrong.",
            "incorrect_pin": "The PIN is wrong.",
            "incorrect_zip": "The postal code is not the one that the bank knows.",
            "invalid_account": "The card, or the account that it belongs to, is not valid.",
            "invalid_customer_account": "The customer's account with the provider of the payment method is not valid.",
            "invalid_cvc": "The card's CVC is wrong.",
            "invalid_number": "The card's number is not valid.",
            "invalid_payment_information": "What is on file of the payment method is not valid.",
            "invalid_pin": "The PIN is wrong.",
            "invalid_track_data": "The card's data could not be read.",
            "pin_try_exceeded": "The PIN was wrong too often.",
        },
    ),
    **for_customer(
        customer.NOT_FOR_THIS,
        {
            "card_already_activated": "The card is activated already.",
            "card_not_supported": "The card does not support this kind of payment.",
            "currency_not_supported": "The card does not support the currency.",
            "partner_action_not_supported": "The provider of the payment method does not support this.",
            "recurring_not_supported_by_bank": "The bank does not support charges without the customer.",
        },
    ),
    **for_customer(
        customer.AGREE,
        {
            "invalid_authorization": "The bank says the authorization is not valid.",
            "invalid_billing_agreement": "The customer's agreement to be charged is not valid any more.",
            "revocation_of_all_authorizations": "The customer has forbidden all charges at the bank.",
            "revocation_of_authorization": "The customer has forbidden the charge at the bank.",
            "stop_payment_order": "The customer has stopped the payments at the bank.",
        },
    ),
    **for_customer(
        customer.OURS,
        {
            "invalid_business_account": "The account at Stripe is not set up for this payment method.",
        },
    ),
}
"""By decline code."""

_FORBIDS = "The card network forbids another try with the card (its code {code}: {why})."

ADVICE: Mapping[tuple[str, str], Texts] = {
    ("advice_code", "try_again_later"): ("The bank says that it may be tried again later.", customer.LATER),
    ("advice_code", "confirm_card_data"): ("The bank wants the card's data to be checked.", customer.DATA),
    ("advice_code", "do_not_try_again"): ("The bank forbids another try with the card.", customer.OTHER_METHOD),
    **{
        (field, code): (_FORBIDS.format(code=code, why=why), customer.OTHER_METHOD)
        for field, codes in (
            (
                "network_decline_code",
                {
                    "04": "pick up the card",
                    "07": "pick up the card",
                    "12": "an invalid transaction",
                    "15": "no such issuer",
                    "41": "a lost card",
                    "43": "a stolen card",
                    "46": "a closed account",
                    "57": "not allowed for the cardholder",
                    "R0": "the customer has stopped this payment",
                    "R1": "the customer has stopped all payments",
                    "R3": "the customer has stopped all payments",
                },
            ),
            ("network_advice_code", {"03": "do not try again", "21": "the customer has stopped the payments"}),
        )
        for code, why in codes.items()
    },
}
"""What is said beside a reason, by field and code."""
