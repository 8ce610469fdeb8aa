"""The page that is served is the one that was built of the sources that are here: `make page` builds it."""

import gzip
import hashlib
import json
import re

from template import REPOSITORY

PAGE = REPOSITORY / "page"
BUILT = REPOSITORY / "functions" / "serve-page" / "page"
MANIFEST = json.loads((PAGE / "manifest.json").read_text())
NOT_BUILT_OF = {".npmrc", "manifest.json", "types.mjs"}
LIMIT_BYTES = 40 * 1024
ELSEWHERE = re.compile(r"https?://(?!www\.w3\.org/)\w[\w.-]*")
LED_TO_BY_LINKS = {"https://dashboard.stripe.com", "https://docs.stripe.com", "https://app.example.com"}


def hashes(names: dict[str, str], folder: str = "") -> dict[str, str]:
    """The same names with the hashes of what is there now."""
    return {name: hashlib.sha256((REPOSITORY / folder / name).read_bytes()).hexdigest() for name in names}


def test_what_is_served_is_what_was_built() -> None:
    assert {path.name for path in BUILT.iterdir()} == MANIFEST["files"].keys()
    assert hashes(MANIFEST["files"], "functions/serve-page/page") == MANIFEST["files"]


def test_it_was_built_of_the_sources_that_are_here() -> None:
    there = {str(path.relative_to(PAGE)) for path in (PAGE / "src").rglob("*") if path.is_file()}
    beside = {path.name for path in PAGE.iterdir() if path.is_file()} - NOT_BUILT_OF

    assert MANIFEST["sources"].keys() == there | beside
    assert hashes(MANIFEST["sources"], "page") == MANIFEST["sources"], "run `make page`"


def test_it_weighs_no_more_than_40_kb_as_it_travels() -> None:
    assert sum(len(gzip.compress(path.read_bytes(), 9)) for path in BUILT.iterdir()) <= LIMIT_BYTES


def test_it_names_no_server_but_those_that_its_links_lead_to() -> None:
    named = {found for path in BUILT.iterdir() for found in ELSEWHERE.findall(path.read_text())}

    assert named <= LED_TO_BY_LINKS


def test_no_place_of_the_package_registry_is_recorded() -> None:
    locks = [*PAGE.glob("package-lock.json"), *(REPOSITORY / "environments").rglob("package-lock.json")]

    assert len(locks) == 3
    assert all('"resolved"' not in lock.read_text() for lock in locks)
