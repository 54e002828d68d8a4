"""The README's figures are the bench's."""

import json

from bench.stack.summary import MEASURED, PLACE, README, summary


def test_the_readme_shows_what_was_measured_last():
    shown = PLACE.search(README.read_text())
    assert shown is not None
    assert summary(json.loads(MEASURED.read_text())) in shown[0], "Run `python -m bench.stack.summary`"
