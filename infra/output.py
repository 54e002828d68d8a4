"""Commands whose output may be read in part, like by `head -1`."""

import os
import sys
from collections.abc import Callable
from typing import NoReturn


def run(command: Callable[[], object]) -> NoReturn:
    """Run a command and exit by the code that it returns, if any.

    Who reads no further has not made it fail: what is left is unread, and there is no traceback.
    """
    code: object = None
    try:
        try:
            code = command()
        except SystemExit as end:
            code = end.code
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # it is flushed once more at exit
    sys.exit(code if isinstance(code, int | str) else None)
