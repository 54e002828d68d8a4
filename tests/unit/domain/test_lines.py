"""What people write for others to read."""

import pytest

from chalicelib.domain.lines import is_line


@pytest.mark.parametrize("text", ["x", "A venue lies.", "Ein Grund: €", "理由", "سبب", "👍🏽"])
def test_words_in_any_script_are_a_line(text):
    assert is_line(text)


@pytest.mark.parametrize(
    "hidden",
    [
        *("\x00", "\t", "\n", "\r", "\x1b", "\x7f"),
        *("\x80", "\x85", "\x9b", "\x9f"),
        *("\u2028", "\u2029", "\ufeff"),
        *("\u061c", "\u200e", "\u200f", "\u202a", "\u202e", "\u2066", "\u2069"),
    ],
    ids=ascii,
)
def test_what_controls_a_screen_or_turns_the_direction_of_reading_is_none(hidden):
    for text in (hidden, f"{hidden}x", f"x{hidden}", f"x{hidden}y"):
        assert not is_line(text)


def test_nothing_is_no_line():
    assert not is_line("")
