"""`make mutants TOOL=cosmic-ray`: every small change of the model that Cosmic Ray can think of must be noticed."""

import argparse
import os
import queue
import shutil
import subprocess
import sys
import time
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from template import REPOSITORY

from mutants.verdict import copy_repository

from .explained import EXPLAINED, Key
from .killers import modules, source
from .session import Mutant, prepare, run


def main(arguments: Sequence[str] | None = None) -> int:
    """1 if a mutant survives that is not explained, or one that is explained does not; 2 if no module is meant."""
    parser = argparse.ArgumentParser(prog="make mutants TOOL=cosmic-ray", description=__doc__)
    parser.add_argument(
        "only", nargs="?", default="", help='names of modules of the model: ONLY="refund rules.refunds"'
    )
    only = parser.parse_args(arguments).only.split()
    chosen = [module for module in modules() if module in only or not only]
    if not chosen or set(only) - set(chosen):
        parser.error(f"the modules are {' '.join(modules())}")
    found = list(_all(chosen))
    unexplained, needless = wrong(found, EXPLAINED)
    for mutant in unexplained:
        print(f"\nSURVIVED {source(mutant.module)}:{mutant.line}\n- {mutant.before}\n+ {mutant.after}")
    for module, before, after in needless:
        print(f"\nEXPLAINED, and killed or gone: {module}\n- {before}\n+ {after}")
    print(_row("all", found))
    return 1 if unexplained or needless else 0


def wrong(found: Sequence[Mutant], explained: Collection[Key]) -> tuple[list[Mutant], list[Key]]:
    """The survivors that are not explained, and the explanations that are not needed."""
    survivors = [mutant for mutant in found if mutant.outcome == "survived"]
    unexplained = [one for one in survivors if _key(one) not in explained]
    judged, needed = {mutant.module for mutant in found}, set(map(_key, survivors))
    return unexplained, [key for key in explained if key[0] in judged and key not in needed]


def _key(mutant: Mutant) -> Key:
    return mutant.module, mutant.before, mutant.after


def _all(chosen: Sequence[str]) -> Iterator[Mutant]:
    """The largest modules first: with them begins what takes longest."""
    by_size = sorted(chosen, key=lambda module: -(REPOSITORY / source(module)).stat().st_size)
    cores = len(os.sched_getaffinity(0))
    folders: queue.Queue[Path] = queue.Queue()
    with TemporaryDirectory(prefix="mutants-") as temporary, ThreadPoolExecutor(cores) as threads:
        first, *others = (Path(temporary) / str(number) for number in range(cores))
        copy_repository(first)
        with _fork_server(Path(temporary)) as server:
            prepare(first, server, by_size)
            for folder in (first, *others):
                folders.put(folder if folder is first else shutil.copytree(first, folder))
            print(f"{'module':<22} {'mutants':>8} {'killed':>8} {'explained':>10} {'survived':>9} {'s':>6}", flush=True)
            for mutants in threads.map(lambda module: _judge(module, folders, server), by_size):
                yield from mutants


def _judge(module: str, folders: "queue.Queue[Path]", server: Path) -> list[Mutant]:
    folder, began = folders.get(), time.monotonic()
    try:
        mutants = run(module, folder, server)
    finally:
        folders.put(folder)
    print(f"{_row(module, mutants)} {time.monotonic() - began:>6.0f}", flush=True)
    return mutants


def _row(name: str, mutants: Sequence[Mutant]) -> str:
    survivors = [mutant for mutant in mutants if mutant.outcome == "survived"]
    explained = sum(_key(mutant) in EXPLAINED for mutant in survivors)
    killed, survived = len(mutants) - len(survivors), len(survivors) - explained
    return f"{name:<22} {len(mutants):>8} {killed:>8} {explained:>10} {survived:>9}"


@contextmanager
def _fork_server(folder: Path) -> Iterator[Path]:
    """The path of its socket."""
    path, program = folder / "socket", Path(__file__).with_name("fork_server.py")
    # What is not mutated would be found first on a path from outside.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    server = subprocess.Popen([sys.executable, "-P", program, path], cwd=folder, env=environment)
    try:
        while not path.exists():
            if server.poll() is not None:
                raise RuntimeError("the fork server has ended")
            time.sleep(0.05)
        yield path
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    sys.exit(main())
