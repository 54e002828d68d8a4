"""What the engine relies on in a venue. A new venue adds its rig to RIGS and must pass as it is."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Protocol

import pytest

from chalicelib.adapters.paper.dynamodb_ledger import DynamoDbLedger
from chalicelib.adapters.paper.transactions import read_message
from chalicelib.domain.quotes import VenueQuote, VenueRequest
from chalicelib.domain.tokens import BONK, JUP, SOL, USDC, USDT, Token
from chalicelib.domain.venues import VENUES
from chalicelib.errors import Rejected, SlippageExceeded
from chalicelib.ports import Chain, Clock, SwapRequest, Venue
from tests.fakes.paper import InMemoryLedger, PaperDesk, ask, paper_settings, paper_tables
from tests.fakes.shadow import ShadowDesk

PAIRS: tuple[tuple[Token, Token, int], ...] = (
    (SOL, USDC, 1_500_000_000),
    (USDC, SOL, 200_000_000),
    (SOL, USDT, 1_500_000_000),
    (USDT, SOL, 200_000_000),
    (JUP, USDC, 100_000_000),
    (USDC, JUP, 100_000_000),
    (BONK, SOL, 100_000_000_000),
    (SOL, BONK, 1_000_000_000),
)

MakeTable = Callable[[], DynamoDbLedger]


class VenueRig(Protocol):
    """A venue with pools for PAIRS, and a chain that its swaps can be simulated on."""

    venue: Venue
    chain: Chain
    clock: Clock

    def terms(self, message: bytes) -> tuple[str, int, int]:
        """The pool, the amount in and the minimum amount out that a message names, as the chain reads it."""


class PaperRig:
    """A paper venue over a ledger."""

    def __init__(self, name: str, ledger: InMemoryLedger | DynamoDbLedger) -> None:
        desk = PaperDesk(ledger, settings=paper_settings())
        self.venue = desk.venues[name]
        self.chain: Chain = desk.chain
        self.clock: Clock = desk.clock

    def terms(self, message: bytes) -> tuple[str, int, int]:
        swap = read_message(message)
        return swap.pool, swap.amount_in, swap.minimum_amount_out


class ShadowRig:
    """A shadow venue: its quotes are of the pools that a node has."""

    def __init__(self, name: str) -> None:
        desk = ShadowDesk()
        self.venue = desk.venues[name]
        self.chain: Chain = desk.chain
        self.clock: Clock = desk.clock

    def terms(self, message: bytes) -> tuple[str, int, int]:
        swap = read_message(message)
        return swap.pool, swap.amount_in, swap.minimum_amount_out


RigMaker = Callable[[MakeTable], VenueRig]


def in_memory(name: str) -> RigMaker:
    return lambda _: PaperRig(name, InMemoryLedger())


def in_the_shadow(name: str) -> RigMaker:
    return lambda _: ShadowRig(name)


def in_dynamodb(name: str) -> RigMaker:
    return lambda make: PaperRig(name, make())


RIGS: Mapping[str, RigMaker] = {
    **{f"{name} on paper in memory": in_memory(name) for name in VENUES},
    **{f"{name} on paper in DynamoDB": in_dynamodb(name) for name in VENUES},
    **{f"{name} in the shadow of a chain": in_the_shadow(name) for name in VENUES},
}


@pytest.fixture(scope="module")
def new_table() -> Iterator[MakeTable]:
    with paper_tables() as make:
        yield make


@pytest.fixture(params=RIGS)
def rig(request: pytest.FixtureRequest, new_table: MakeTable) -> VenueRig:
    return RIGS[request.param](new_table)


def build(rig: VenueRig, asked: VenueRequest, quote: VenueQuote, minimum: int) -> SwapRequest:
    return SwapRequest(
        order_id=asked.order_id,
        attempt=asked.attempt,
        amount_in=asked.amount_in,
        minimum_amount_out=minimum,
        quote=quote,
        token_in=asked.token_in,
        token_out=asked.token_out,
        blockhash=rig.chain.latest_blockhash(),
    )


def test_a_venue_is_known_by_one_lower_case_word(rig: VenueRig) -> None:
    assert rig.venue.name == rig.venue.name.lower()
    assert rig.venue.name.isalnum()


@pytest.mark.parametrize(("token_in", "token_out", "amount_in"), PAIRS)
def test_every_pair_is_offered_in_both_directions(
    rig: VenueRig, token_in: Token, token_out: Token, amount_in: int
) -> None:
    quote = rig.venue.quote(ask(token_in=token_in, token_out=token_out, amount_in=amount_in))
    assert quote.venue == rig.venue.name
    assert 0 < quote.amount_out < quote.spot_amount_out
    assert 0 <= quote.price_impact_bps < 100


def test_the_offer_is_the_best_of_the_pools_that_are_listed_with_it(rig: VenueRig) -> None:
    quote = rig.venue.quote(ask())
    offers = {pool.pool: pool.amount_out for pool in quote.pools if pool.amount_out is not None}
    assert offers[quote.pool] == quote.amount_out == max(offers.values())
    assert all((pool.amount_out is None) is (pool.reason is not None) for pool in quote.pools)
    assert len({pool.pool for pool in quote.pools}) == len(quote.pools)


def test_a_quote_is_stamped_while_it_is_asked_for(rig: VenueRig) -> None:
    started = rig.clock.now()
    quote = rig.venue.quote(ask())
    assert started <= quote.quoted_at <= rig.clock.now()


def test_a_larger_swap_has_a_worse_price_and_a_larger_impact(rig: VenueRig) -> None:
    small, large = (rig.venue.quote(ask(amount_in=amount)) for amount in (10**9, 1_000 * 10**9))
    assert large.amount_out < 1_000 * small.amount_out
    assert large.price_impact_bps > small.price_impact_bps


def test_a_pair_that_the_venue_does_not_have_is_rejected_for_good(rig: VenueRig) -> None:
    with pytest.raises(Rejected) as refusal:
        rig.venue.quote(ask(token_in=BONK, token_out=USDT))
    assert not refusal.value.retryable


def test_an_amount_too_small_to_return_anything_is_rejected_for_good(rig: VenueRig) -> None:
    with pytest.raises(Rejected) as refusal:
        rig.venue.quote(ask(token_in=SOL, token_out=USDC, amount_in=1))
    assert not refusal.value.retryable


@pytest.mark.parametrize(("token_in", "token_out"), [(SOL, USDC), (USDC, SOL), (SOL, BONK), (USDC, JUP)])
@pytest.mark.parametrize("amount_in", [1, 2, 99, 12_345, 10**12, 10**15, 2**63, 2**64 - 1])
def test_any_amount_is_offered_for_or_rejected_for_good(
    rig: VenueRig, token_in: Token, token_out: Token, amount_in: int
) -> None:
    asked = ask(token_in=token_in, token_out=token_out, amount_in=amount_in)
    try:
        quote = rig.venue.quote(asked)
    except Rejected as refusal:
        assert not refusal.retryable  # noqa: PT017 - an offer would be as good
        return
    assert 0 < quote.amount_out <= quote.spot_amount_out
    rig.chain.simulate(rig.venue.build_swap(build(rig, asked, quote, minimum=quote.amount_out)))


def test_a_swap_is_built_on_the_terms_it_was_asked_for(rig: VenueRig) -> None:
    quote = rig.venue.quote(ask())
    message = rig.venue.build_swap(build(rig, ask(), quote, minimum=123_456))
    assert rig.terms(message) == (quote.pool, ask().amount_in, 123_456)


def test_the_same_swap_is_built_of_the_same_bytes_and_another_one_of_others(rig: VenueRig) -> None:
    swap = build(rig, ask(), rig.venue.quote(ask()), minimum=1)
    others = [
        replace(swap, order_id="order-2"),
        replace(swap, minimum_amount_out=2),
        replace(swap, amount_in=swap.amount_in + 1),
    ]
    assert rig.venue.build_swap(swap) == rig.venue.build_swap(swap)
    assert len({rig.venue.build_swap(each) for each in (swap, *others)}) == 4


@pytest.mark.parametrize(("token_in", "token_out", "amount_in"), PAIRS)
def test_what_was_quoted_can_be_had_and_much_more_can_not(
    rig: VenueRig, token_in: Token, token_out: Token, amount_in: int
) -> None:
    asked = ask(token_in=token_in, token_out=token_out, amount_in=amount_in)
    quote = rig.venue.quote(asked)
    rig.chain.simulate(rig.venue.build_swap(build(rig, asked, quote, minimum=quote.amount_out)))
    with pytest.raises(SlippageExceeded):
        rig.chain.simulate(rig.venue.build_swap(build(rig, asked, quote, minimum=2 * quote.amount_out)))
