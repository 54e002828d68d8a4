"""`oee` as a person and as a script runs it, against the running stack."""

import json
import os
import pty
import signal
import subprocess
import sys
import zipfile
from contextlib import ExitStack

import pytest

from infra.local import emulator
from oee import FINAL, Client
from tests.e2e.browser import Line
from tests.e2e.conftest import PREFIX, UNLIMITED, running_stack
from tests.e2e.holding import stopped_executions
from tests.e2e.trader import JOURNEY, PATIENCE

pytestmark = pytest.mark.e2e

PLACE = ("place", "SOL", "USDC", "0.1")

SECONDS = 3 * PATIENCE
ESCAPE = b"\x1b["


@pytest.fixture(scope="module")
def barren():
    """A stack on which no venue ever answers: orders live as long as they may, and never trade."""
    given = [*UNLIMITED, "PAPER_FAULT_VENUE_DOWN=1"]
    with running_stack(f"{PREFIX}{os.getpid()}-barren", given) as stack:
        yield stack


@pytest.fixture
def line(barren):
    engine = Line(barren.rest_url)
    yield engine
    engine.close()


def command(*words):
    return [sys.executable, "-m", "oee", *words]


def environment(stack, **more):
    unset = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "FORCE_COLOR"}}
    return {**unset, "OEE_URL": stack.rest_url, "TERM": "xterm", **more}


def run(stack, *words, code=0):
    """What a command that ends with this exit code prints into a pipe."""
    done = subprocess.run(  # noqa: S603 - our own command
        command(*words), env=environment(stack), capture_output=True, text=True, check=False, timeout=SECONDS
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


def run_json(stack, *words, code=0):
    """The JSON documents that it prints, one a line."""
    return [json.loads(line) for line in run(stack, *words, "--json", code=code).splitlines()]


def run_on_terminal(stack, *words, **more):
    """What it prints on a terminal, escape sequences and all."""
    ours, its = pty.openpty()
    with subprocess.Popen(  # noqa: S603 - our own command
        command(*words), env=environment(stack, **more), stdin=its, stdout=its, stderr=its
    ) as running:
        os.close(its)
        printed = b"".join(iter(lambda: _read(ours), b""))
        assert running.wait(SECONDS) == 0
    os.close(ours)
    return printed


def _read(terminal):
    try:
        return os.read(terminal, 65_536)
    except OSError:  # how Linux says that nobody has the other end any more
        return b""


def _hear_interrupts():
    """What a shell starts in the background ignores them, and so would all that the tests start."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture
def started(barren):
    """A watched order of the barren stack, which waits: the command that watches it, and the order's id."""
    with stopped_executions(barren), subprocess.Popen(  # noqa: S603 - our own command
        command(*PLACE, "--watch", "--json"),
        env=environment(barren), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=_hear_interrupts,  # noqa: PLW1509 - no thread of ours forks at the same time
    ) as running:  # fmt: skip
        assert running.stdout is not None
        order_id = json.loads(running.stdout.readline())["orderId"]
        assert json.loads(running.stdout.readline())["status"] == "pending"
        yield running, order_id
        running.kill()


def test_a_confirmed_order_ends_with_0_and_what_it_brought(stack):
    lines = run(stack, *PLACE, "--slippage", "1", "--watch").splitlines()
    assert [line.split()[3] for line in lines[1:6]] == JOURNEY
    assert lines[6].startswith("Confirmed after ")
    assert lines[-1].startswith("Transaction ")


def test_scripts_get_the_history_as_the_api_has_it(stack):
    placed, *events = run_json(stack, *PLACE, "--watch")
    [order] = run_json(stack, "show", placed["orderId"])
    assert [{"orderId": order["orderId"], **log} for log in order["logs"]] == events
    with Client(stack.rest_url) as client:
        assert client.get(placed["orderId"]).document() == order


def test_the_same_key_places_one_order(stack):
    key = ("--key", f"again-{os.getpid()}")
    [first], [second] = run_json(stack, *PLACE, *key), run_json(stack, *PLACE, *key)
    assert first["orderId"] == second["orderId"]
    assert (first["replayed"], second["replayed"]) == (False, True)
    [refused] = run_json(stack, "place", "SOL", "USDC", "0.2", *key, code=20)
    assert refused["code"] == "IDEMPOTENCY_KEY_REUSED"


def test_a_quote_and_the_pages_of_a_list_are_what_the_api_gives(stack):
    assert "best" in run(stack, "quote", "SOL", "USDC", "1.5")
    for _ in range(2):
        run(stack, *PLACE)
    [first] = run_json(stack, "list", "--limit", "1")
    [second] = run_json(stack, "list", "--limit", "1", "--cursor", first["nextCursor"])
    with Client(stack.rest_url) as client:
        listed = [order.order_id for order, _ in zip(client.orders(), range(2), strict=False)]
    assert [page["orders"][0]["orderId"] for page in (first, second)] == listed


def test_an_order_that_waits_is_amended_listed_and_cancelled(stack):
    stop = ("stop", "SOL", "USDC", "0.1", "--at", "100", "--price-in", "USDC", "--good-till", "1h")
    [placed] = run_json(stack, *stop)
    order_id = placed["orderId"]
    assert placed["status"] == "armed"
    new = ("amend", order_id, "--at", "90", "--floor", "80", "--if-sequence", "1")
    [amended] = run_json(stack, *new)
    assert (amended["trigger"], amended["limitPrice"], amended["sequence"]) == ({"price": "90"}, "80", 2)
    assert run_json(stack, *new, code=20)[0]["code"] == "ORDER_CHANGED"
    [page] = run_json(stack, "list", "--status", "armed", "--pair", "SOL/USDC")
    assert order_id in [order["orderId"] for order in page["orders"]]
    assert order_id in run_json(stack, "cancel", "--all-armed", "--pair", "SOL/USDC")[0]["cancelled"]
    [ended] = run_json(stack, "show", order_id)
    assert (ended["status"], ended["amendments"]) == ("cancelled", 1)


def test_a_failed_order_ends_with_10(barren):
    assert run_json(barren, *PLACE, "--watch", code=10)[-1]["error"]["code"] == "VENUE_UNAVAILABLE"


def test_an_expired_order_ends_with_11(barren):
    assert run(barren, *PLACE, "--valid-for", "5", "--watch", code=11).splitlines()[-1].startswith("Expired")


def test_a_cancelled_order_ends_its_watch_with_12(barren, started):
    running, order_id = started
    assert run(barren, "cancel", order_id[:8]) == f"Order {order_id} is cancelled. Nothing was traded.\n"
    assert running.wait(SECONDS) == 12
    assert run(barren, "watch", order_id, code=12).splitlines()[-1].startswith("Cancelled after")


def test_an_interrupted_watch_says_that_the_order_goes_on(started):
    running, order_id = started
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=SECONDS)
    assert running.returncode == 130
    assert said.endswith(f"The order goes on by itself; oee watch {order_id} follows it again.\n")


@pytest.mark.promise("R9")
def test_a_client_whose_line_is_cut_sees_every_event_once(barren, line):
    told = []
    with (
        ExitStack() as executing,
        Client(barren.rest_url, on_trouble=lambda error, _wait: told.append(error)) as client,
    ):
        executing.enter_context(stopped_executions(barren))
        placed = client.place("SOL", "USDC", "0.1", valid_for_seconds=5)
        cut_off = placed.stream_url.replace(line.engine, f"127.0.0.1:{line.port}")
        watched = client.watch(placed.model_copy(update={"stream_url": cut_off}))
        seen = [next(watched)]
        line.cut()
        line.mend()
        executing.close()
        seen += watched
        assert tuple(seen) == client.get(placed.order_id).logs
    assert seen[-1].status in FINAL
    assert told


def test_a_pipe_gets_plain_text_and_a_terminal_colours_unless_it_wants_none(stack):
    quote = ("quote", "SOL", "USDC", "1")
    assert ESCAPE.decode() not in run(stack, *quote)
    assert ESCAPE in run_on_terminal(stack, *quote)
    assert ESCAPE not in run_on_terminal(stack, *quote, NO_COLOR="1")


def test_a_terminal_shows_the_order_as_it_moves(stack):
    shown = run_on_terminal(stack, *PLACE, "--watch").decode()
    assert all(status in shown for status in JOURNEY)
    assert "Confirmed" in shown


def test_the_functions_are_shipped_without_it(stack):
    with zipfile.ZipFile(emulator.place_of(stack.name).scratch / "lambda.zip") as shipped:
        assert [name for name in shipped.namelist() if name.startswith(("oee", "rich", "httpx"))] == []
