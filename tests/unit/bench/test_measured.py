"""The figures of the README and of docs/performance.md are the bench's."""

import json

import pytest

from bench.stack.summary import MEASURED, PAGE, PLACE, README, highlights, summary


@pytest.mark.parametrize(("page", "figures"), [(README, highlights), (PAGE, summary)], ids=["readme", "page"])
def test_a_page_shows_what_was_measured_last(page, figures):
    shown = PLACE.search(page.read_text())
    assert shown is not None, f"Put the place for the figures back into {page.name}"
    assert figures(json.loads(MEASURED.read_text())) in shown[0], "Run `python -m bench.stack.summary`"
