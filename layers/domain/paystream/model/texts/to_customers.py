"""What a customer may read of a failure. None of it says that a card was reported, or that anybody suspects it:
Stripe asks to show such a decline as any other. Source: https://docs.stripe.com/declines/codes
"""

OTHER_METHOD = "Your bank declined the payment. Please pay with another payment method, or ask your bank."
FUNDS = "There was not enough money for the payment. Please see to it, or pay with another payment method."
LATER = "Your bank could not complete the payment at that time. It can be tried again later."
CONFIRM = "Your bank wants you to confirm the payment. Please open the payment page and confirm it there."
EXPIRED = "What is saved of your card has expired. Please save it anew, or another one."
DATA = "What is saved of your payment method is not accepted. Please save it anew, or another one."
ACCOUNT = "Your bank account could not be charged. Please check what is saved of it, or use another payment method."
NOT_FOR_THIS = "This payment method cannot be used for the payment. Please use another one."
LIMIT = "The amount is above what your payment method allows at a time. Please ask your bank, or use another one."
AGREE = "Your consent to be charged has ended. Please give it again, or use another payment method."
PROFILE = "What we know of you is not accepted. Please check your name, your address and your e-mail address."
NEW_PAGE = "The payment page was not used in time. Please ask for a new one."
SAVE_ONE = "We have no payment method of yours that can be charged. Please save one."
OURS = "The payment could not be made for a reason of ours. You need not do anything."
