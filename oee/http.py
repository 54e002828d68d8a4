"""Requests that are repeated until they are answered, refused for good, or patience ends."""

import ipaddress
import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar
from urllib.parse import quote as escaped

import httpx

from oee.errors import OF_THE_REQUEST, OeeError, Refused, Unreachable, Unreadable, failure_of
from oee.patience import Patience
from oee.record import Record

TIMEOUT = httpx.Timeout(15, connect=5)

OnTrouble = Callable[[OeeError, float], None]
"""Called with each failure that is followed by another try: the error, and the wait in seconds."""

Answered = TypeVar("Answered", bound=Record)

_OURS = (httpx.LocalProtocolError, httpx.UnsupportedProtocol)
"""Failures of the request itself: sending it again can't help."""

_UNSENT = (*_OURS, httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
"""Failures before any part of the request was sent: it can't have taken effect."""


class Api:
    """The REST side of the API at `url`."""

    def __init__(
        self,
        url: str,
        headers: Mapping[str, str],
        patience: Patience,
        on_trouble: OnTrouble,
        transport: httpx.BaseTransport | None,
    ) -> None:
        self.url = url.strip().rstrip("/")
        self._patience = patience
        self._on_trouble = on_trouble
        try:
            self._http = httpx.Client(
                headers={"User-Agent": "oee", **headers},
                timeout=TIMEOUT,
                trust_env=not is_loopback(httpx.URL(self.url).host),
                transport=transport,
            )
        except (httpx.InvalidURL, ImportError, ValueError) as error:
            raise Unreachable(
                f"{self.url} can't be asked: {str(error).rstrip('.')}.", retryable=False
            ) from error

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def ask(
        self,
        method: str,
        path: str,
        read: Callable[[httpx.Response], Answered],
        *,
        seconds: float | None = None,
        changes: bool = False,
        waits: bool = True,
        **options: Any,
    ) -> Answered:
        """Send a request, repeatedly if need be, and return what `read` makes of the answer.

        If the request `changes` something, the error says whether it may have. A request that is refused for
        now is sent again only if it `waits`.

        Raises
        ------
        OeeError
            The last failure: it was for good, or the next try would have come after `seconds`.
        """
        until = self._patience.clock() + (self._patience.seconds if seconds is None else seconds)
        failures = 0
        is_unknown = False
        while True:
            try:
                return read(self._once(method, path, **options))
            except OeeError as error:
                is_unknown = (is_unknown or error.leaves_unknown) and error.code not in OF_THE_REQUEST
                error.leaves_unknown = is_unknown and changes
                wait = max(error.retry_after or 0, self._patience.backoff(failures))
                is_over = not error.retryable or (isinstance(error, Refused) and not waits)
                if is_over or not self._patience.lasts(until, wait):
                    raise
                self._on_trouble(error, wait)
                self._patience.sleep(wait)
                if not self._patience.lasts(until):  # the computer itself was asleep
                    raise
            failures += 1

    def _once(self, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            answer = self._http.request(method, f"{self.url}{path}", **options)
        except httpx.HTTPError as error:
            why = (str(error) or type(error).__name__).rstrip(".")
            raise Unreachable(
                f"No answer from {self.url}: {why}.",
                retryable=not isinstance(error, _OURS),
                was_sent=not isinstance(error, _UNSENT),
            ) from error
        if not answer.is_success:
            raise failure_of(answer, retry_after(answer.headers, self._patience.clock()))
        return answer


def retry_after(headers: Mapping[str, str], now: float) -> int | None:
    """Return the seconds to wait by Retry-After, which is a number or a date; None without one.

    A date is counted from the answer's own Date, if it has one, because `now` (s since the epoch) is of a
    clock that may be wrong.
    """
    after = headers.get("Retry-After", "").strip()
    if after.isascii() and after.isdigit():
        return int(after[:9])  # more than any patience, and no more digits than an int is read from
    until = _time_of(after)
    if until is None:
        return None
    asked = _time_of(headers.get("Date", "")) or datetime.fromtimestamp(now, UTC)
    return max(0, math.ceil((until - asked).total_seconds()))


def _time_of(date: str) -> datetime | None:
    try:
        time = parsedate_to_datetime(date)
    except (ValueError, OverflowError):
        return None
    return time if time.tzinfo is not None else time.replace(tzinfo=UTC)


def reader(kind: type[Answered]) -> Callable[[httpx.Response], Answered]:
    """Return a function that reads answers as records of this kind. It raises as `read`."""
    return lambda answer: read(kind, answer)


def read(kind: type[Answered], answer: httpx.Response, **known: Any) -> Answered:
    """Return the record in an answer, completed with the `known` fields.

    Raises
    ------
    Unreadable
        The answer holds something else.
    """
    try:
        return kind.model_validate({**answer.json(), **known})
    except (TypeError, ValueError, RecursionError) as error:
        raise Unreadable(f"What {answer.url} answered is not this API's: is the address right?") from error


def order_path(order_id: str) -> str:
    """Return the path of an order, whatever its id holds."""
    return f"/api/orders/{escaped(order_id, safe='')}"


def given(**query: str | int | None) -> dict[str, str | int]:
    """Return the parameters of a query that are not None."""
    return {name: value for name, value in query.items() if value is not None}


def is_loopback(host: str) -> bool:
    """Return whether a host is this computer, which is reached without a proxy."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
