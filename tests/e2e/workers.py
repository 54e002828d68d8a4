"""The processes that run a stack's functions."""

import time
from contextlib import suppress

import psutil

from infra.local.stack import Stack


def workers_of(stack: Stack, function: str) -> list[psutil.Process]:
    """Those that are there now of the function that this output of the stack names."""
    wanted = (stack.outputs or {})[function]
    found = []
    for pid in stack.pids:
        try:
            process = psutil.Process(pid)
            if process.environ().get("AWS_LAMBDA_FUNCTION_NAME") == wanted:
                found.append(process)
        except psutil.Error:
            continue
    return found


def busy_workers(stack: Stack, *functions: str, seconds: float = 0.5) -> list[list[psutil.Process]]:
    """Those that are at work, by function where there are any.

    One that waits for an event doesn't run at all for half a second.
    """
    before = [[(one, _switches(one)) for one in workers_of(stack, function)] for function in functions]
    time.sleep(seconds)
    busy = [[one for one, switches in workers if _switches(one) > switches] for workers in before]
    return [workers for workers in busy if workers]


def _switches(process: psutil.Process) -> int:
    with suppress(psutil.Error):
        return int(process.num_ctx_switches().voluntary)
    return 0
