"""Serve the page at /settings: its files as they were built (page/), to anybody. It has no rights and reads no data.

It needs nothing but the standard library, so that a first visit waits for no import.
"""

from pathlib import Path
from typing import Any

_FILES = Path(__file__).parent / "page"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
}
_PAGE = "index.html"

_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ]
)
"""Nothing is loaded from anywhere else, nothing runs that is not a file of ours, and nobody frames the page."""

_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
}


def _read() -> dict[str, str]:
    """All files by their names. Only these can be asked for: no path leads out of the folder."""
    return {path.name: path.read_text(encoding="utf-8") for path in _FILES.iterdir() if path.suffix in _TYPES}


_CONTENT = _read()


def lambda_handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer one GET of /settings/ or of a file below it; 404 for what is not there.

    Addresses within the page are relative, so that it works below a stage's prefix and behind a domain of one's own.
    That needs the slash at the end: without it the browser is sent there.
    """
    name = (event["pathParameters"] or {}).get("proxy", _PAGE)
    if name == _PAGE and event["path"].endswith("/settings"):
        return _answer(308, "", "text/plain; charset=utf-8", {"Location": "settings/"})
    content = _CONTENT.get(name)
    if content is None:
        return _answer(404, "There is no such file.\n", "text/plain; charset=utf-8", {"Cache-Control": "no-store"})
    # The page names its files together with their content's hash: they may be kept for ever, the page itself may not.
    kept = "no-cache" if name == _PAGE else "public, max-age=31536000, immutable"
    return _answer(200, content, _TYPES[Path(name).suffix], {"Cache-Control": kept})


def _answer(status: int, body: str, content_type: str, headers: dict[str, str]) -> dict[str, Any]:
    return {"statusCode": status, "headers": {"Content-Type": content_type, **_HEADERS, **headers}, "body": body}
