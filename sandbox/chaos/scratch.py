"""Where the functions are unpacked that are killed: in memory, if there is enough."""

import hashlib
import os
import shutil
from pathlib import Path

from sandbox.aws import REPOSITORY

_MEMORY = Path("/dev/shm")
_ENOUGH = 6 * 1024**3
"""Some 40 processes at once, and as much again for others."""


def scratch_directory() -> Path | None:
    """One for this copy of the repository, so that what a run leaves there that is killed itself is found by the next.

    Each kill has thousands of small files unpacked again, which was half of the emulator's CPU time on a disk.
    """
    if not _MEMORY.is_dir() or shutil.disk_usage(_MEMORY).free < _ENOUGH:
        return None
    if os.statvfs(_MEMORY).f_flag & os.ST_NOEXEC:
        # The layer holds libraries.
        return None
    return _MEMORY / f"paystream-chaos-{hashlib.sha256(str(REPOSITORY).encode()).hexdigest()[:16]}"
