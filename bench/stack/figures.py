"""The figures of a bench, with their units and, where there is one, the aim."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from math import ceil


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure. `aim` is a bound: "<= 25" or ">= 100"; empty when there is none."""

    group: str
    name: str
    value: float
    unit: str
    aim: str = ""

    @property
    def is_met(self) -> bool:
        """Return whether the aim is met."""
        if not self.aim:
            return True
        bound, limit = self.aim.split()
        return self.value <= float(limit) if bound == "<=" else self.value >= float(limit)


def percentile(values: Sequence[float], percent: int) -> float:
    """Return the smallest of the values that `percent` of them don't exceed."""
    ordered = sorted(values)
    return ordered[max(0, ceil(len(ordered) * percent / 100) - 1)]


def table(figures: Iterable[Figure]) -> str:
    """Return the figures as a Markdown table, each group in the order in which it was measured."""
    lines = ["| what | measured | aim |", "|---|---|---|"]
    for figure in figures:
        aim = f"{figure.aim} {figure.unit}" if figure.aim else ""
        missed = "" if figure.is_met else " (missed)"
        lines.append(
            f"| {figure.group}: {figure.name} | {_rounded(figure.value)} {figure.unit} | {aim}{missed} |"
        )
    return "\n".join(lines)


def as_json(figures: Iterable[Figure], machine: dict[str, str]) -> str:
    """Return the figures as JSON."""
    return json.dumps({"machine": machine, "figures": [asdict(figure) for figure in figures]}, indent=1)


def _rounded(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"  # noqa: PLR2004 - three digits are enough
