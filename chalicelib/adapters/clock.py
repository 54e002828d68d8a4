"""The time of this machine."""

import time


class SystemClock:
    """Wall-clock time and real sleep."""

    def now(self) -> int:
        """Return the milliseconds since the Unix epoch."""
        return time.time_ns() // 1_000_000

    def sleep(self, milliseconds: int) -> None:
        """Block this thread for `milliseconds`."""
        time.sleep(milliseconds / 1000)
