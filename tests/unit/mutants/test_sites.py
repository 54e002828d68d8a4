"""Where mutants are made, and that what is said to be equivalent is still one."""

from pathlib import Path

import pytest

from tests.mutants.equivalent import key_of, known_equivalents
from tests.mutants.sites import sites_of

ROOT = Path(__file__).parents[3]


@pytest.fixture
def mutants(tmp_path):
    """What a source becomes: the mutants of a module of it."""
    folder = tmp_path / "chalicelib" / "domain"
    folder.mkdir(parents=True)

    def of(source):
        file = folder / "rule.py"
        file.write_text(source)
        return [site.apply(source.encode()).decode() for site in sites_of(tmp_path)]

    return of


@pytest.mark.parametrize(
    ("source", "changed"),
    [
        ("f = a < b", ["f = (a <= b)", "f = (a >= b)"]),
        ("f = a == b", ["f = (a != b)"]),
        ("f = a < b <= c", ["f = (a <= b <= c)", "f = (a >= b <= c)", "f = (a < b < c)", "f = (a < b > c)"]),
        ("f = a - b * c", ["f = (a + b * c)", "f = a - (b // c)"]),
        ("f = a >> b", ["f = (a << b)"]),
        ("f = a and b", ["f = (a or b)"]),
        ("f = not a", ["f = (a)"]),
        ("f = -a", ["f = (a)"]),
        ("f = 7", ["f = 8"]),
        ("f = True", ["f = False"]),
        ("f = min(a, b)", ["f = (max(a, b))"]),
        ("f = a if b else c", ["f = a if True else c", "f = a if False else c"]),
        ("f = [a for a in b if c]", ["f = [a for a in b if True]", "f = [a for a in b if False]"]),
        ("f += a", ["f -= a"]),
        ("f()", ["pass"]),
        ("raise f", ["pass"]),
        ("for a in b: continue", ["for a in b: break"]),
        ("for a in b: break", ["for a in b: continue"]),
        ("def f():\n return a", ["def f():\n return None"]),
        ("def f():\n return False", ["def f():\n return True"]),
    ],
)
def test_each_operator_makes_one_change(mutants, source, changed):
    assert mutants(source) == changed


@pytest.mark.parametrize(
    "source",
    [
        "f = 'text'",
        "f: a | b",
        "def f(a: b | c) -> b | c: ...",
        "@a(1)\ndef f(): ...",
        "class F(A[1]): ...",
        "class F(Protocol):\n a = 1",
        "if TYPE_CHECKING:\n a = 1",
        "f = f'{a + 1}'",
        "def f():\n return None",
    ],
)
def test_what_no_test_could_notice_is_left_alone(mutants, source):
    assert mutants(source) == []


def test_a_change_is_told_by_its_place_and_its_function(tmp_path):
    folder = tmp_path / "chalicelib" / "api"
    folder.mkdir(parents=True)
    (folder / "door.py").write_text("class Door:\n    def opens(self):\n        return 'é' and (\n a)\n")
    told = [str(site) for site in sites_of(tmp_path)]
    assert told == [
        "chalicelib/api/door.py:3 in Door.opens: return 'é' and ( a)  ->  return None",
        "chalicelib/api/door.py:3 in Door.opens: 'é' and ( a)  ->  ('é' or a)",
    ]


def test_what_is_listed_as_equivalent_is_a_mutant_of_the_code_as_it_stands():
    mutants = {key_of(site) for site in sites_of(ROOT)}
    gone = set(known_equivalents().reasons) - mutants
    assert gone == set(), "Take it out of tests/mutants/equivalent.toml, or write it as it is now"


def test_every_equivalent_has_its_reason():
    assert all(len(why) > len("because") for why in known_equivalents().reasons.values())
