"""The import as a process of its own, over a connection: it is killed, interrupted, and goes on."""

import os
import subprocess
import sys

from template import REPOSITORY


def test_a_small_trial_ends_with_exactly_the_right_customers_and_report() -> None:
    functions = sorted(path for path in (REPOSITORY / "functions").iterdir() if path.is_dir())
    places = [*(REPOSITORY / name for name in ("tests", "operations", "layers/domain", ".")), *functions]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, places)), "POWERTOOLS_LOG_LEVEL": "CRITICAL"}

    trial = subprocess.run(
        [sys.executable, "-m", "import_trial", "150"], env=environment, capture_output=True, text=True, check=False
    )

    assert trial.returncode == 0, trial.stdout + trial.stderr
    assert trial.stdout.endswith("Exactly the right customers and report.\n")
