"""Changed examples at every door, for as long as told: python -m tests.web.fuzz [--seconds 60] [DOOR ...].

Guided by coverage where atheris is installed and --guided is given (one door a run: the fuzzer ends the process). A
fault is printed with its traceback, and the bytes are kept in the folder given with --keep.
"""

import argparse
import os
import sys
import tempfile
import time
import traceback
from contextlib import nullcontext
from pathlib import Path

from renben.web import start

os.environ.update(
    RENBEN_WEB_FOLDER=tempfile.mkdtemp(prefix="renben-fuzz-"), RENBEN_WEB_DEMO="1", RENBEN_WEB_HTTPS="0"
)
start.prepare()

GUIDED = "--guided" in sys.argv
if GUIDED:
    try:
        import atheris
    except ModuleNotFoundError:
        sys.exit(
            "--guided needs atheris: pip install atheris, then again; without --guided nothing more is needed"
        )

with atheris.instrument_imports(include=["renben"]) if GUIDED else nullcontext():
    from tests.web.fuzz.mutation import mutated
    from tests.web.fuzz.targets import DOORS, Door, enter


def plain(door: Door, seconds: float, keep: Path, start: int) -> int:
    """Changed examples one after the other; how many faults there were."""
    end, seed, let_in, faults = time.monotonic() + seconds, start, 0, 0
    while time.monotonic() < end:
        data = mutated(door.examples, seed)
        try:
            let_in += enter(door, data)
        except Exception:  # noqa: BLE001 (whatever else comes out is what is looked for)
            faults += 1
            keep.mkdir(parents=True, exist_ok=True)
            (keep / f"{door.name}-{seed}").write_bytes(data)
            traceback.print_exc(limit=-4)
        seed += 1
    print(f"{door.name}: {seed - start} inputs, {let_in} let in, {faults} faults", flush=True)
    return faults


def guided(door: Door, seconds: float) -> None:
    """Coverage-guided over the door's own function, until the time is over or a fault is found; does not return."""
    corpus = Path("fuzz") / door.name
    corpus.mkdir(parents=True, exist_ok=True)
    for number, one in enumerate(door.examples):
        (corpus / f"example-{number}").write_bytes(one)
    told = [sys.argv[0], str(corpus), f"-max_total_time={seconds:.0f}", "-max_len=65536"]
    atheris.Setup(told, lambda data: enter(door, data) and None)
    atheris.Fuzz()


def main() -> None:
    """Read the command and run it."""
    command = argparse.ArgumentParser(prog="python -m tests.web.fuzz", description=__doc__.splitlines()[0])
    command.add_argument("doors", nargs="*", metavar="DOOR", help=f"of {', '.join(DOORS)}; all by default")
    command.add_argument("--seconds", type=float, default=60, help="for each door (60)")
    command.add_argument("--seed", type=int, default=0, help="of the first input (0)")
    command.add_argument("--keep", type=Path, default=Path("fuzz/found"), help="folder for what made a fault")
    command.add_argument("--guided", action="store_true", help="by coverage, with atheris; one door")
    given = command.parse_args()
    if unknown := set(given.doors) - set(DOORS):
        command.error(f"no door {', '.join(sorted(unknown))}; there are: {', '.join(DOORS)}")
    doors = [DOORS[name] for name in given.doors or DOORS]
    if given.guided:
        guided(doors[0], given.seconds)
    if sum(plain(door, given.seconds, given.keep, given.seed) for door in doors):
        sys.exit("something other than an answer or a refusal came out; the inputs are kept")


if __name__ == "__main__":
    main()
