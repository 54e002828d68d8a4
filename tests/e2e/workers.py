"""The processes that run Execute."""

import time
from contextlib import suppress

import psutil

from infra.local.stack import Stack


def execute_workers(stack: Stack) -> list[psutil.Process]:
    """Those that are there now."""
    wanted = (stack.outputs or {})["ExecuteFunction"]
    found = []
    for pid in stack.pids:
        try:
            process = psutil.Process(pid)
            if process.environ().get("AWS_LAMBDA_FUNCTION_NAME") == wanted:
                found.append(process)
        except psutil.Error:
            continue
    return found


def busy_workers(stack: Stack, seconds: float = 0.5) -> list[psutil.Process]:
    """Those that are at work: one that waits for an event doesn't run at all for half a second."""
    before = [(process, _switches(process)) for process in execute_workers(stack)]
    time.sleep(seconds)
    return [process for process, switches in before if _switches(process) > switches]


def _switches(process: psutil.Process) -> int:
    with suppress(psutil.Error):
        return int(process.num_ctx_switches().voluntary)
    return 0
