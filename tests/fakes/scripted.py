"""Ports that answer as a test scripts them, where a fake's own rules would be in the way."""

from concurrent.futures import Executor, Future
from typing import Any

from chalicelib.domain.order import Fill
from chalicelib.domain.quotes import VenueQuote
from chalicelib.domain.submission import Commitment, HeightReading, SignatureStatus, StatusReading
from chalicelib.errors import ChainUnavailable, SlippageExceeded
from chalicelib.ports import Blockhash

LANDED = SignatureStatus(Commitment.CONFIRMED, None)


class InlineExecutor(Executor):
    """Runs what it is given at once. A crash, which is no Exception, ends whoever gave it too."""

    def submit(self, fn, /, *args, **kwargs):
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - as an executor does
            future.set_exception(error)
        return future


class ScriptedVenue:
    """Offers `amount_out`, or raises what it is told to."""

    def __init__(self, name, clock, amount_out):
        self.name = name
        self.clock = clock
        self.amount_out = amount_out
        self.spot_amount_out = 226_000_000
        self.price_impact_bps = 5
        self.error = None
        self.takes_ms = 0

    def quote(self, request):
        self.clock.advance(self.takes_ms)
        if self.error is not None:
            raise self.error
        return VenueQuote(
            self.name,
            f"{self.name}-pool",
            self.amount_out,
            self.spot_amount_out,
            price_impact_bps=self.price_impact_bps,
            quoted_at=self.clock.now(),
        )

    def build_swap(self, request):
        return f"{request.order_id}/{request.attempt}/{request.minimum_amount_out}".encode()


class ScriptedChain:
    """Answers with a signature's own of `statuses`, else with `status`, at `height`; keeps what was sent."""

    def __init__(self):
        self.status: SignatureStatus | None = LANDED
        self.statuses = {}
        self.height = 50
        self.sent = []
        self.looks = []
        self.simulation_error = None
        self.pays_at_most = 10**18
        self.unreachable = False

    def latest_blockhash(self):
        return Blockhash("hash", 100)

    def simulate(self, message):
        if self.simulation_error is not None:
            raise self.simulation_error
        if int(message.decode().rpartition("/")[2]) > self.pays_at_most:
            raise SlippageExceeded("the swap would return less")

    def send(self, submission):
        self.sent.append(submission.signature)
        if self.unreachable:
            raise ChainUnavailable("time-out")

    def finalized_height(self):
        if self.unreachable:
            raise ChainUnavailable("time-out")
        return HeightReading(self.height, 1_000)

    def signature_statuses(self, submissions):
        self.looks.append([submission.signature for submission in submissions])
        return {
            submission.signature: StatusReading(self.statuses.get(submission.signature, self.status), 1_000)
            for submission in submissions
        }

    def fill(self, submission):
        return Fill(1_500_000_000, 225_000_000)
