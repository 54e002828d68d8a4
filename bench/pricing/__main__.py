"""`python -m bench.pricing [SECONDS]`: microseconds a quote, ours against the official SDKs.

Every figure is the best round over all states of a pool type; each function has SECONDS, 1 unless told. The
SDK's function named first is what an application calls; the second, where there is one, its arithmetic alone.
"""

import sys
from collections.abc import Callable
from time import perf_counter

from bench.pricing.official_sdks import SdksUnavailable, timed
from bench.pricing.states import FOLDER, POOL_TYPES, State, states_of
from chalicelib.pricing import meteora_dlmm, ticks
from infra.output import run


def main(arguments: list[str]) -> int:
    """Print a line a pool type and function; exit 1 where an amount differs from the golden one."""
    seconds = float(arguments[0]) if arguments else 1.0
    states = {pool_type: states_of(pool_type) for pool_type in POOL_TYPES}
    ours = {
        pool_type: microseconds([s.quote for s in states[pool_type]], seconds) for pool_type in POOL_TYPES
    }
    say("Ours (Python " + sys.version.split()[0] + "), microseconds a quote")
    for pool_type, figure in ours.items():
        settled = microseconds([s.settle for s in states[pool_type]], seconds)
        count = len(states[pool_type])
        say(f"  {pool_type:16} {figure:8.1f}   {settled:6.1f} with the state after, {count} states")
    cold = cold_microseconds(states["raydium_clmm"])
    say(f"  raydium_clmm     {cold:8.1f}   with no tick's price known from an earlier quote")
    say("Official SDKs (JavaScript), microseconds a quote, and how many times ours that is")
    try:
        theirs = timed(FOLDER, {t: [s.id for s in found] for t, found in states.items()}, seconds)
    except SdksUnavailable as reason:
        say(f"  not compared: {reason}")
        return 0
    differing = 0
    for pool_type in POOL_TYPES:
        answer = theirs[pool_type]
        if "error" in answer:
            say(f"  {pool_type:16} not compared: {answer['error']}")
            continue
        for function, figure in answer["microseconds"].items():
            times = figure / ours[pool_type]
            say(f"  {pool_type:16} {figure:8.1f}   {times:5.1f} times   {answer['package']} {function}")
        wrong = [s.id for s in states[pool_type] if answer["amounts"].get(s.id) != s.amount_out]
        differing += len(wrong)
        if wrong:
            say(f"  {pool_type:16} differs from the golden amounts in {len(wrong)}: {', '.join(wrong[:5])}")
    return 1 if differing else 0


def microseconds(quotes: list[Callable[[], object]], seconds: float) -> float:
    """Return the microseconds per quote in the fastest round over all quotes."""
    best = float("inf")
    end = perf_counter() + seconds
    while perf_counter() < end:
        start = perf_counter()
        for quote in quotes:
            quote()
        best = min(best, perf_counter() - start)
    return best * 1e6 / len(quotes)


def cold_microseconds(states: list[State]) -> float:
    """Return the mean microseconds of a first quote, with the caches of prices cleared before each."""
    spent = 0.0
    for state in states:
        ticks.sqrt_price_at_tick.cache_clear()
        meteora_dlmm.bin_price.cache_clear()
        start = perf_counter()
        state.quote()
        spent += perf_counter() - start
    return spent * 1e6 / len(states)


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    run(lambda: main(sys.argv[1:]))
