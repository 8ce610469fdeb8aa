"""Texts in a file of CSV."""


def safe(text: str) -> str:
    """One that a spreadsheet would take for a formula begins with a quote.

    Source: https://owasp.org/www-community/attacks/CSV_Injection
    """
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
