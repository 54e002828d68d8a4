"""Draw charts as SVG: axes, lines, bars, dots and labels."""

from collections.abc import Iterable, Sequence
from math import log10
from pathlib import Path
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 680, 380
LEFT, RIGHT, TOP, BOTTOM = 76, 20, 44, 54
INK, FAINT = "#1f2933", "#d9dee5"
BLUE, ORANGE, GREEN, VIOLET, RED = "#1f6feb", "#d9730d", "#2f855a", "#7c3aed", "#c53030"
TICKS = 5

Point = tuple[float, float]
Range = tuple[float, float]


class Chart:
    """A chart over the ranges `across` and `up`, in the data's units; logarithmic axes have powers of ten."""

    def __init__(
        self, title: str, axes: tuple[str, str], across: Range, up: Range, *, logarithmic: bool = False
    ) -> None:
        self._across, self._up, self._logarithmic = across, up, logarithmic
        self._parts: list[str] = []
        self._legend = 0
        self._frame(title, axes)

    def line(self, points: Iterable[Point], colour: str, label: str = "", *, dashed: bool = False) -> None:
        """Draw a line through the points, with its label in the legend."""
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in map(self._place, points))
        dash = ' stroke-dasharray="5 4"' if dashed else ""
        self._parts.append(
            f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2.2"{dash}/>'
        )
        self._name(label, colour)

    def bar(self, across: Range, up: Range, colour: str, *, opacity: float = 1) -> None:
        """Draw a filled rectangle."""
        (x0, y1), (x1, y0) = self._place((across[0], up[0])), self._place((across[1], up[1]))
        size = f'width="{max(x1 - x0 - 0.8, 0.6):.1f}" height="{y1 - y0:.1f}"'
        self._parts.append(f'<rect x="{x0:.1f}" y="{y0:.1f}" {size} fill="{colour}" opacity="{opacity}"/>')

    def dot(self, point: Point, label: str, *, below: bool = False) -> None:
        """Draw a point with a label beside it."""
        x, y = self._place(point)
        self._parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="{INK}"/>')
        self._write(label, x + 9, y + 16 if below else y - 7)

    def label(self, colour: str, text: str) -> None:
        """Add an entry to the legend that has no line."""
        self._name(text, colour)

    def save(self, path: Path) -> None:
        """Write the chart to a file."""
        path.write_text(self.drawn())

    def drawn(self) -> str:
        """Return the chart as SVG."""
        size = f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
        body = "\n".join(self._parts)
        return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>\n{body}\n</svg>\n'

    def _place(self, point: Point) -> Point:
        x = LEFT + self._share(point[0], self._across) * (WIDTH - LEFT - RIGHT)
        return x, HEIGHT - BOTTOM - self._share(point[1], self._up) * (HEIGHT - TOP - BOTTOM)

    def _share(self, value: float, within: Range) -> float:
        if self._logarithmic:
            value, within = log10(value), (log10(within[0]), log10(within[1]))
        return (value - within[0]) / (within[1] - within[0])

    def _ticks(self, within: Range) -> Sequence[float]:
        low, high = within
        if self._logarithmic:
            return [10.0**power for power in range(round(log10(low)), round(log10(high)) + 1)]
        return [low + (high - low) * i / TICKS for i in range(TICKS + 1)]

    def _frame(self, title: str, axes: tuple[str, str]) -> None:
        self._parts.append(f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>')
        self._write(title, LEFT, 24, size=15, weight="bold")
        for y in self._ticks(self._up):
            _, py = self._place((self._across[0], y))
            self._parts.append(f'<path d="M{LEFT} {py:.1f}H{WIDTH - RIGHT}" stroke="{FAINT}"/>')
            self._write(_figure(y, self._up), LEFT - 8, py + 4, anchor="end")
        for x in self._ticks(self._across):
            px, _ = self._place((x, self._up[0]))
            self._write(_figure(x, self._across), px, HEIGHT - BOTTOM + 18, anchor="middle")
        self._parts.append(f'<path d="M{LEFT} {HEIGHT - BOTTOM}H{WIDTH - RIGHT}" stroke="{INK}"/>')
        self._write(axes[0], (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, anchor="middle")
        turned = f'transform="rotate(-90 16 {HEIGHT / 2})"'
        self._write(axes[1], 16, HEIGHT / 2, anchor="middle", extra=turned)

    def _name(self, label: str, colour: str) -> None:
        if label:
            y = TOP + 14 + 18 * self._legend
            self._legend += 1
            self._parts.append(
                f'<rect x="{WIDTH - 262}" y="{y - 9}" width="12" height="10" fill="{colour}"/>'
            )
            self._write(label, WIDTH - 244, y)

    def _write(
        self,
        text: str,
        x: float,
        y: float,
        *,
        anchor: str = "start",
        size: int = 12,
        weight: str = "normal",
        extra: str = "",
    ) -> None:
        style = f'font-family="sans-serif" font-size="{size}" font-weight="{weight}" fill="{INK}"'
        place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {extra}'
        self._parts.append(f"<text {place} {style}>{escape(text)}</text>")


def _figure(value: float, scale: Range) -> str:
    return f"{value:,.2f}" if scale[1] - scale[0] < TICKS else f"{value:,.0f}"
