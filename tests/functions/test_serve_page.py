"""serve-page: the page at /settings, for anybody, with nothing that comes from elsewhere."""

import re
from typing import Any

import pytest
import serve_page
from template import REPOSITORY
from world.world import load_event

BUILT = REPOSITORY / "functions" / "serve-page" / "page"


def served(name: str, **changes: Any) -> dict[str, Any]:
    """The answer to an event of events/, changed in these keys."""
    answer: dict[str, Any] = serve_page.lambda_handler(load_event(name) | changes, None)
    return answer


def asked_for_file(name: str) -> dict[str, Any]:
    return served("serve-page-file", path=f"/settings/{name}", pathParameters={"proxy": name})


def test_the_page_is_answered_to_anybody_and_is_asked_for_again_each_time() -> None:
    answer = served("serve-page")

    assert (answer["statusCode"], answer["body"]) == (200, (BUILT / "index.html").read_text())
    assert answer["headers"]["Content-Type"] == "text/html; charset=utf-8"
    assert answer["headers"]["Cache-Control"] == "no-cache"


def test_without_the_slash_the_browser_is_sent_to_where_the_pages_addresses_are_right() -> None:
    answer = served("serve-page-without-slash")

    assert (answer["statusCode"], answer["headers"]["Location"]) == (308, "settings/")


def test_behind_a_base_path_of_a_domain_it_is_the_same() -> None:
    assert served("serve-page", path="/billing/settings/")["statusCode"] == 200
    assert served("serve-page-without-slash", path="/billing/settings")["headers"]["Location"] == "settings/"


def test_a_file_may_be_kept_for_ever_because_its_address_changes_with_its_content() -> None:
    answer = served("serve-page-file")

    assert (answer["statusCode"], answer["body"]) == (200, (BUILT / "main.js").read_text())
    assert answer["headers"]["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer["headers"]["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    "name", ["nothing.js", "../serve_page.py", "serve_page.py", "page/main.js", "main.js/", "settings", ""]
)
def test_what_is_not_there_is_404_and_no_path_leads_out_of_the_folder(name: str) -> None:
    answer = asked_for_file(name)

    assert answer["statusCode"] == 404
    assert answer["headers"]["Cache-Control"] == "no-store"


@pytest.mark.parametrize("answer", [served("serve-page"), served("serve-page-file"), asked_for_file("nothing")])
def test_every_answer_allows_the_pages_own_origin_and_nothing_else(answer: dict[str, Any]) -> None:
    headers = answer["headers"]
    rules = dict(rule.split(" ", 1) for rule in headers["Content-Security-Policy"].split("; "))

    assert {name: rules.pop(name) for name in ("script-src", "style-src", "img-src", "connect-src")} == dict.fromkeys(
        ("script-src", "style-src", "img-src", "connect-src"), "'self'"
    )
    assert rules.pop("require-trusted-types-for") == "'script'"
    assert set(rules.values()) == {"'none'"}
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert not any(name.startswith("Access-Control") for name in headers)


def test_the_page_names_its_files_relatively_and_each_of_them_is_there() -> None:
    named = re.findall(r'(?:href|src)="([^"]+)"', served("serve-page")["body"])

    assert named
    for address in named:
        name, _, version = address.partition("?")
        assert re.fullmatch(r"[a-z]+\.(js|css|svg)", name)
        assert re.fullmatch(r"[0-9a-f]{12}", version)
        assert asked_for_file(name)["statusCode"] == 200
