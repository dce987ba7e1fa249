"""`make fuzz`: look for bytes that the reader neither takes nor refuses properly, guided by the code that they reach.

Arguments are libFuzzer's, such as -max_total_time=60. What it finds is written to the working folder and belongs, made
small, into tests/unit/country/test_fuzz.py.
"""

from __future__ import annotations

import random
import sys
import tempfile
from pathlib import Path

if not sys.platform.startswith("linux") or sys.version_info >= (3, 15):
    print("atheris has no wheel for this machine; the unit tests' edited declarations remain")
    sys.exit(0)

import atheris

with atheris.instrument_imports(include=["govcloud.country", "govcloud.model"]):
    from fuzz_target import SEEDS, TOKENS, read_or_refuse


def mutated(data: bytes, limit: int, seed: int) -> bytes:
    """Return the data with something changed: bytes at random, or a token of YAML's traps put in."""
    chance = random.Random(seed)  # noqa: S311
    if chance.random() < 0.5:
        return bytes(atheris.Mutate(data, limit))
    at = chance.randrange(len(data) + 1)
    token = chance.choice(TOKENS).encode("utf-8", "surrogatepass")
    return (data[:at] + token + data[at + chance.choice((0, 0, 1, len(token))) :])[:limit]


def main() -> None:
    """Start from the reference country's files and go on until libFuzzer's limits are reached."""
    with tempfile.TemporaryDirectory(prefix="govcloud-fuzz-") as folder:
        for number, seed in enumerate(SEEDS):
            (Path(folder) / str(number)).write_bytes(seed.read_bytes())
        arguments = [
            sys.argv[0],
            "-max_len=8192",
            "-timeout=5",
            "-rss_limit_mb=1024",
            "-verbosity=0",
            *sys.argv[1:],
            folder,
        ]
        atheris.Setup(arguments, read_or_refuse_all, custom_mutator=mutated)
        atheris.Fuzz()


def read_or_refuse_all(data: bytes) -> None:
    """Try one input."""
    read_or_refuse(data)


if __name__ == "__main__":
    main()
