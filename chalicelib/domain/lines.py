"""Texts that people write and others read on a screen: one line, and nothing in it that isn't seen."""

import re

LINE = r"^[^\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]+$"
"""No control characters (C0, DEL, C1), no other line ends, no marks that turn the direction of reading."""

_LINE = re.compile(LINE)


def is_line(text: str) -> bool:
    """Return whether the text is one line that shows all of itself; an empty one is not."""
    return _LINE.fullmatch(text) is not None
