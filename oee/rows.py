"""Render rows of cells as a table if there is room for one, else each row on lines of its own.

Rich would cut or drop cells that don't fit; here ids stay whole and nothing is left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

FAINT = "dim"
GAP = 2


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading in a table, and the label of its cell if each row has lines of its own."""

    name: str = ""
    label: str = ""
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows with a cell per column. The last column folds, and the first `heads` columns name a row."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[Text]]
    heads: int = 1

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        if self._least_width() <= options.max_width:
            yield self._table()
        else:
            yield from self._alone()

    def _least_width(self) -> int:
        *fixed, last = zip(*([Text(column.name) for column in self.columns], *self.rows), strict=True)
        widths = [max(cell_len(cell.plain) for cell in column) for column in fixed]
        longest_word = max((cell_len(word) for cell in last for word in cell.plain.split()), default=0)
        return sum(widths) + GAP * len(fixed) + longest_word

    def _table(self) -> Table:
        is_headed = any(column.name for column in self.columns)
        table = Table(
            box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style=FAINT, show_header=is_headed
        )
        for column in self.columns:
            table.add_column(
                column.name,
                justify="right" if column.is_number else "left",
                no_wrap=column is not self.columns[-1],
                overflow="fold",
            )
        for row in self.rows:
            table.add_row(*row)
        return table

    def _alone(self) -> RenderResult:
        for row in self.rows:
            head = Text("  ").join(cell for cell in row[: self.heads] if cell.plain)
            yield Text.assemble(head, no_wrap=True, overflow="ignore")
            rest = [
                Text.assemble((f"{column.label} ", FAINT) if column.label else "", cell)
                for column, cell in zip(self.columns[self.heads :], row[self.heads :], strict=True)
                if cell.plain
            ]
            yield Padding(Text("  ").join(rest), (0, 0, 0, GAP))
