"""Requests that are sent again until they are answered, a refusal is for good, or patience ends."""

import ipaddress
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import httpx

from oee.errors import OeeError, Refused, Unreachable, Unreadable
from oee.patience import Patience
from oee.records import Record

TIMEOUT = httpx.Timeout(15, connect=5)

OnTrouble = Callable[[OeeError, float], None]
"""Told of each failure that is not the end: the error, and in how many seconds it is tried again."""

Answered = TypeVar("Answered", bound=Record)

_OURS = (httpx.LocalProtocolError, httpx.UnsupportedProtocol)
"""Failures of what was to be sent: nothing changes by sending it again."""


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
        self.url = url.rstrip("/")
        self._patience = patience
        self._on_trouble = on_trouble
        try:
            self._http = httpx.Client(
                headers={"User-Agent": "oee", **headers},
                timeout=TIMEOUT,
                trust_env=not is_loopback(httpx.URL(url).host),
                transport=transport,
            )
        except (httpx.InvalidURL, ImportError, ValueError) as error:
            raise Unreachable(f"{url} can't be asked: {error}.", retryable=False) from error

    def close(self) -> None:
        """Close its connections."""
        self._http.close()

    def ask(self, method: str, path: str, *, seconds: float | None = None, **options: Any) -> httpx.Response:
        """The answer to a request that may be sent more than once.

        Raises
        ------
        OeeError
            The last failure: it was for good, or to wait longer would have taken more than `seconds`.
        """
        until = self._patience.clock() + (self._patience.seconds if seconds is None else seconds)
        failures = 0
        while True:
            try:
                return self._once(method, path, **options)
            except OeeError as error:
                wait = max(error.retry_after or 0, self._patience.backoff(failures))
                if not error.retryable or not self._patience.lasts(until, wait):
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
            why = str(error) or type(error).__name__
            raise Unreachable(
                f"No answer from {self.url}: {why}.", retryable=not isinstance(error, _OURS)
            ) from error
        if not answer.is_success:
            raise Refused.by(answer)
        return answer


def read(kind: type[Answered], answer: httpx.Response, **known: Any) -> Answered:
    """The record that an answer holds, together with what is `known` of it besides.

    Raises
    ------
    Unreadable
        It holds something else.
    """
    try:
        return kind.model_validate({**answer.json(), **known})
    except (TypeError, ValueError) as error:
        raise Unreadable(f"What {answer.url} answered is not this API's: is the address right?") from error


def is_loopback(host: str) -> bool:
    """Whether a host is this computer, which no proxy stands before."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
