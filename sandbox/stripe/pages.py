"""The pages a person sees: checkout and 3-D Secure. Plain HTML without scripts."""

from html import escape

from .cards import Card
from .currencies import format_amount
from .instruments import BY_TOKEN
from .wire import JsonObject

_STYLE = """
body{margin:0;background:#f6f8fa;color:#1a1f36;font:16px/1.5 system-ui,sans-serif}
main{max-width:26rem;margin:4rem auto;padding:2rem;background:#fff;border-radius:12px;box-shadow:0 8px 30px #0001}
h1{margin:.25rem 0 1rem;font-size:2rem}h2{margin:0;font-size:1rem;font-weight:500;color:#697386}
ul{margin:0 0 1.5rem;padding:0;list-style:none}li{display:flex;justify-content:space-between;padding:.25rem 0}
label{display:block;margin-bottom:.25rem;font-size:.875rem;color:#697386}
select,button{box-sizing:border-box;width:100%;padding:.75rem;font:inherit;border-radius:8px;border:1px solid #d5dbe1}
button{margin-top:1rem;background:#635bff;border-color:#635bff;color:#fff;font-weight:600;cursor:pointer}
button.plain{background:#fff;border-color:#d5dbe1;color:#1a1f36}
.error{margin-bottom:1rem;padding:.75rem;border-radius:8px;background:#fff0f0;color:#b3093c}
.note{margin-top:1.5rem;font-size:.8125rem;color:#697386;text-align:center}a{color:#635bff}
"""

_CHOICES = (
    ("pm_card_visa", "Visa 4242: succeeds"),
    ("pm_card_mastercard", "Mastercard 4444: succeeds"),
    ("pm_card_chargeCustomerFail", "Visa 0341: can be saved, is declined when charged"),
    ("pm_card_visa_chargeDeclined", "Visa 0002: declined"),
    ("pm_card_visa_chargeDeclinedInsufficientFunds", "Visa 9995: insufficient funds"),
    ("pm_card_authenticationRequiredOnSetup", "Visa 3155: authenticate once"),
    ("pm_card_authenticationRequired", "Visa 3184: authenticate every time"),
    ("pm_card_createDispute", "Visa 0259: disputed later"),
    ("pm_sepaDebit_success", "SEPA debit: succeeds later"),
    ("pm_sepaDebit_failed", "SEPA debit: fails later"),
    ("pm_bacsDebit_success", "Bacs debit: succeeds later"),
    ("pm_bacsDebit_insufficientFunds", "Bacs debit: fails later"),
    ("pm_boleto_success", "Boleto: paid later"),
    ("pm_boleto_expires", "Boleto: expires"),
    ("pm_link", "Link: succeeds"),
    ("pm_crypto", "Crypto: succeeds"),
    ("pm_customerBalance", "Bank transfer: waits for the money"),
    ("pm_usBankAccount_success", "US bank account: succeeds later"),
    ("pm_usBankAccount_insufficientFunds", "US bank account: fails later"),
)


def checkout(account_name: str, session: JsonObject, items: list[JsonObject], error: str | None = None) -> str:
    """The hosted page of an open checkout session."""
    paying = session["mode"] == "payment"
    total = format_amount(session["amount_total"], session["currency"]) if paying else ""
    heading = (
        f"<h2>Pay {escape(account_name)}</h2><h1>{total} {session['currency'].upper()}</h1>"
        if paying
        else (f"<h2>{escape(account_name)}</h2><h1>Save a payment method</h1>")
    )
    lines = "".join(
        f"<li><span>{escape(item['description'] or 'Item')} x {item['quantity']}</span>"
        f"<span>{format_amount(item['amount_total'], item['currency'])}</span></li>"
        for item in items
    )
    options = "".join(
        f'<option value="{token}">{escape(text)}</option>' for token, text in _CHOICES if _offered(session, token)
    )
    back = f'<p class="note"><a href="{escape(session["cancel_url"])}">Go back</a></p>' if session["cancel_url"] else ""
    return _page(
        "Checkout",
        f"{heading}<ul>{lines}</ul>{_error(error)}"
        f'<form method="post"><label for="payment_method">Test payment method</label>'
        f'<select id="payment_method" name="payment_method">{options}</select>'
        f"<button>{f'Pay {total}' if paying else 'Save card'}</button></form>{back}",
    )


def authentication(payment_method: str | None = None) -> str:
    """The bank's page; on checkout it carries on the payment method that was chosen."""
    chosen = f'<input type="hidden" name="payment_method" value="{escape(payment_method)}">' if payment_method else ""
    return _page(
        "3-D Secure",
        f'<h2>Test bank</h2><h1>Is it you?</h1><form method="post">{chosen}'
        '<button name="authentication" value="succeed">Complete authentication</button>'
        '<button class="plain" name="authentication" value="fail">Fail authentication</button></form>',
    )


def notice(text: str) -> str:
    return _page("Sandbox", f"<h1>{escape(text)}</h1>")


def _offered(session: JsonObject, token: str) -> bool:
    instrument = BY_TOKEN[token]
    return ("card" if isinstance(instrument, Card) else instrument.type) in session["payment_method_types"]


def _error(message: str | None) -> str:
    return f'<div class="error" role="alert">{escape(message)}</div>' if message else ""


def _page(title: str, content: str) -> str:
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body><main>{content}'
        '<p class="note">Stripe sandbox: no money moves.</p></main></body></html>'
    )
