import os
import subprocess
import sys

import pytest

COMMANDS = [
    ["-m", "bench.cost"],
    ["-m", "tests.simulation", "7"],
    ["-m", "tests.golden", "tests/golden/vectors"],
    ["-c", "from infra.output import run; run(lambda: print('a' * 100_000))"],
    ["-c", "from infra.output import run; run(lambda: [print('a', flush=True) for _ in range(9)])"],
]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_reader_who_reads_no_further_has_not_made_a_command_fail(command):
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(  # noqa: S603 - our own commands
        [sys.executable, *command], stdout=writer, stderr=subprocess.PIPE, text=True, check=False, timeout=60
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(("end", "code"), [("3", 3), ("None", 0), ("exit('no')", 1), ("exit(4)", 4)])
def test_the_exit_code_is_the_commands(end, code):
    command = [sys.executable, "-c", f"from infra.output import run; run(lambda: {end})"]
    assert subprocess.run(command, check=False, capture_output=True, timeout=60).returncode == code  # noqa: S603
