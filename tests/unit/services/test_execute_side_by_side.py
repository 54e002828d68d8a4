"""What an execution asks for at the same time, with real threads."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.fakes.execution_bench import ExecutionBench


def test_the_blockhash_is_asked_for_while_the_venues_quote():
    with ThreadPoolExecutor(3) as threads:
        bench: Any = ExecutionBench(threads)
        asked = threading.Event()
        blockhash, quote = bench.chain.latest_blockhash, bench.raydium.quote

        def tell():
            asked.set()
            return blockhash()

        def quote_once_it_is_asked_for(request):
            assert asked.wait(10)
            return quote(request)

        bench.chain.latest_blockhash = tell
        bench.raydium.quote = quote_once_it_is_asked_for
        assert bench.execute().route.best.venue == "raydium"
