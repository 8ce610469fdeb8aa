"""`make browser-test`: a person at the page, in a real browser, on the whole stack on this machine.

A Chrome or Chromium that is on this machine is used; else the one that comes as an npm package.
"""

import json
import os
import shutil
import subprocess
import sys
import time

from sandbox.stack import SECRET_KEY, Stack
from sandbox.stage import Stage
from template import REPOSITORY

_ENVIRONMENT = REPOSITORY / ".venv" / "browser"
_TESTS = REPOSITORY / "tests" / "browser"
_INSTALLED = ("google-chrome", "chromium", "chromium-browser", "chrome")


def main() -> int:
    """Start the stack, run the tests in their own environment; the exit status is theirs."""
    started = time.monotonic()
    facts_file = REPOSITORY / ".local" / "browser" / "facts.json"
    with Stack("browser", settlement_seconds=1.0) as stack:
        facts = {
            "page_url": f"{stack.api_url}settings/",
            "api_url": f"{stack.api_url}api/v1/",
            "stripe_url": stack.stripe_url,
            "stripe_key": SECRET_KEY,
            "axe": str(_ENVIRONMENT / "npm/node_modules/axe-core/axe.min.js"),
            "keys": {name: Stage(stack, started).key["api_key"] for name in ("fresh", "declined", "screens", "empty")},
            **_browser(),
        }
        facts_file.write_text(json.dumps(facts))
        command = [
            str(_ENVIRONMENT / "bin/python"),
            "-m",
            "pytest",
            "-p",
            "no:cacheprovider",
            "-rP",
            "--tb=short",
            "-q",
        ]
        command += ["--rootdir", str(_TESTS), "--confcutdir", str(_TESTS), "-c", os.devnull, str(_TESTS), *sys.argv[1:]]
        environment = {**os.environ, "PAGE_FACTS": str(facts_file), "PYTHONPATH": str(_TESTS.parent)}
        return subprocess.run(command, env=environment, check=False).returncode


def _browser() -> dict[str, object]:
    """Where the browser is, and the environment that it needs."""
    found = os.environ.get("CHROME") or next(filter(None, map(shutil.which, _INSTALLED)), None)
    if found:
        return {"browser": found, "browser_environment": {}}
    folder = _ENVIRONMENT / "chromium"
    brought = {
        "LD_LIBRARY_PATH": str(folder / "al2023/lib"),
        "FONTCONFIG_FILE": str(folder / "fonts/fonts.conf"),
        "XDG_CACHE_HOME": str(folder),
    }
    return {"browser": str(folder / "chromium"), "browser_environment": brought}


if __name__ == "__main__":
    sys.exit(main())
