"""`python -m tests.mutants`: change the code in one place at a time, and tell which changes no test notices.

Changes are drawn by the seed, as many from each package. The tests that reach a changed line run, in a copy
of the tree, until one fails; in the end those that failed run again without the changes, and have to pass.
What is known to change nothing stands in equivalent.toml with its reason, and is not drawn.
"""

import argparse
import os
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from infra.output import run
from tests.mutants.equivalent import known_equivalents
from tests.mutants.reach import Reach, TimedTest, fingerprint
from tests.mutants.sites import PACKAGES, Site, sites_of
from tests.mutants.trial import End, Trial, Verdict

ROOT = Path(__file__).parents[2]
RECORDS = ROOT / ".local" / "mutants"


def main(arguments: Sequence[str]) -> int:
    """Print survivors as they are found, then how many died; return the exit status."""
    options = parsed(arguments)
    if sys.version_info < (3, 12):
        sys.stderr.write("This needs Python 3.12 or newer: it hears of lines from sys.monitoring.\n")
        return 2
    equivalent = known_equivalents()
    drawn = draw([site for site in sites_of(ROOT) if site not in equivalent], options.seed, options.count)
    with (
        tempfile.TemporaryDirectory(prefix="mutants-") as scratch,
        Trial(ROOT, Path(scratch) / "tree") as trial,
    ):
        reach = reach_of(trial, options.processes)
        say(f"{len(drawn)} mutants of seed {options.seed}; {len(reach.tests)} tests")
        controls = [test for site in drawn[:: max(1, len(drawn) // 20)] for test in reach.of(site)[:5]]
        if not passes(trial, controls):
            return 1
        verdicts = [(site, judged(trial, reach, site)) for site in drawn]
        killers = {verdict.killer for _, verdict in verdicts}
        if not passes(trial, [test for test in reach.tests if test.id in killers]):
            return 1
        return report([(site, verdict.end) for site, verdict in verdicts])


def parsed(arguments: Sequence[str]) -> argparse.Namespace:
    """The command line's options."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="which mutants are drawn")
    parser.add_argument("--count", type=int, default=100, help="how many")
    parser.add_argument(
        "--processes",
        type=int,
        default=os.cpu_count() or 1,
        help="of the one run that records what tests reach",
    )
    return parser.parse_args(arguments)


def draw(sites: Sequence[Site], seed: int, count: int) -> list[Site]:
    """As many from each package, in the order of their places."""
    chance = random.Random(seed)  # noqa: S311 - repeatable is what it is for
    drawn: list[Site] = []
    for number, package in enumerate(PACKAGES):
        theirs = [site for site in sites if site.path.startswith(f"chalicelib/{package}/")]
        share = (count + number) // len(PACKAGES)
        drawn += sorted(
            chance.sample(theirs, min(share, len(theirs))), key=lambda s: (s.path, s.start, s.after)
        )
    return drawn


def reach_of(trial: Trial, processes: int) -> Reach:
    """What each test reaches: recorded by a run of them all, which is kept while no file changes."""
    folder = RECORDS / fingerprint(ROOT)
    if not folder.is_dir():
        say("Running all tests once, to record what each reaches")
        with tempfile.TemporaryDirectory(dir=made(RECORDS)) as unfinished:
            if trial.record(Path(unfinished), processes) is None:
                raise SystemExit("The tests took longer than an hour")
            Path(unfinished).rename(folder)
            made(Path(unfinished))  # which the context removes
    return Reach.read(folder, ROOT)


def made(folder: Path) -> Path:
    """The folder, made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def passes(trial: Trial, tests: Iterable[TimedTest]) -> bool:
    """Whether these tests pass without any mutant, as all have to; told when one doesn't."""
    failing = trial.failing(list(dict.fromkeys(tests)))
    if failing:
        say(f"Nothing can be told, for this fails without any mutant: {failing}")
    return not failing


def judged(trial: Trial, reach: Reach, site: Site) -> Verdict:
    """What becomes of the mutant; told at once when no test noticed it."""
    verdict = trial.judge(site, reach.of(site))
    if not verdict.end.is_death:
        say(f"{verdict.end.value}: {site}")
    return verdict


def report(ends: Sequence[tuple[Site, End]]) -> int:
    """Print a line a package and one for all."""
    for line in summed(ends):
        say(line)
    return 0


def summed(ends: Sequence[tuple[Site, End]]) -> Iterator[str]:
    """How many died, by package and in all."""
    for name in (*PACKAGES, ""):
        theirs = [end for site, end in ends if site.path.startswith(f"chalicelib/{name}")]
        counted = Counter(theirs)
        died = sum(counted[end] for end in End if end.is_death)
        told = ", ".join(f"{counted[end]} {end.value}" for end in End if counted[end])
        if theirs:
            yield f"{name or 'all'}: {died} of {len(theirs)} died, {died / len(theirs):.1%} ({told})"


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    run(lambda: main(sys.argv[1:]))
