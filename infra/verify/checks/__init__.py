"""What is checked, in this order: each check returns a sentence of what it saw, or raises what it found."""

from collections.abc import Callable, Mapping

from infra.verify.checks import cancelling, closing, keys, placing, public, reading, sockets
from infra.verify.visit import Visit

Check = Callable[[Visit], str]

CHECKS: Mapping[str, Check] = {
    "first order": placing.first_order,
    "health": public.health,
    "documents": public.documents,
    "not found": public.nowhere,
    "wrong keys": keys.keys,
    "scopes": keys.scopes,
    "replay": placing.replay,
    "key used again": placing.other_payload,
    "bad requests": placing.bad_requests,
    "untraded pair": placing.untraded_pair,
    "quotes": placing.quotes,
    "second order": placing.second_order,
    "tickets": sockets.tickets,
    "handshakes": sockets.handshakes,
    "keys of sockets": sockets.no_key_no_socket,
    "cut and resume": sockets.resume,
    "socket messages": sockets.messages,
    "cancel": cancelling.cancel,
    "cancel too late": cancelling.cancel_final,
    "list and pages": reading.pages,
    "list by filters": reading.filters,
    "account's rate": reading.rate,
    "refusals": closing.refusals,
    "nothing left open": closing.nothing_open,
}
"""The checks by their names. The first order comes first, so that nothing else has woken what it needs."""
