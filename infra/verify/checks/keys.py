"""Who is let in."""

from http import HTTPStatus

from infra.verify.orders import PLACING
from infra.verify.outcome import NotPromisedHere, require
from infra.verify.visit import Visit

WRONG = {"no key": None, "a text that is no key": "nope", "an unknown key": f"oee_0123456789ab_{'A' * 43}"}


def keys(visit: Visit) -> str:
    """Without a key, with a text that is none and with one that nobody has, a request is refused."""
    require(
        visit.asks_for_keys or not visit.must_ask_for_keys,
        "a stage in production asks for API keys",
        "orders are shown without one",
    )
    if not visit.asks_for_keys:
        raise NotPromisedHere("Everybody is let in (AUTH_MODE=open): there are no keys to be refused.")
    for what, key in WRONG.items():
        for method, path in (("GET", "/api/orders"), ("POST", PLACING)):
            body = {"json": {**visit.orders.swap, "type": "market"}} if method == "POST" else {}
            answer = visit.talk.ask(method, path, key=key, **body)
            require(
                (answer.status, answer.code) == (HTTPStatus.UNAUTHORIZED, "AUTHENTICATION_REQUIRED"),
                f"{method} {path} with {what} is answered with 401 AUTHENTICATION_REQUIRED",
                answer.shown,
            )
            require(
                answer.headers.get("WWW-Authenticate") == "Bearer",
                "a 401 says WWW-Authenticate: Bearer",
                f"{answer.headers.get('WWW-Authenticate')}",
            )
    return "No key, a text that is none, and an unknown key are refused with 401."


def scopes(visit: Visit) -> str:
    """The trading switch is shown to a key with the scope admin, and to no other."""
    if not visit.asks_for_keys:
        raise NotPromisedHere("Everybody has every scope (AUTH_MODE=open).")
    answer = visit.talk.ask("GET", "/api/admin/trading")
    if answer.status == HTTPStatus.OK:
        return "The key has the scope admin too, and is shown the trading switch."
    require(
        (answer.status, answer.code) == (HTTPStatus.FORBIDDEN, "SCOPE_MISSING")
        and answer.document.get("requiredScope") == "admin",
        "a key without the scope admin is refused with 403 SCOPE_MISSING, which names that scope",
        answer.shown,
    )
    return "The trading switch is refused to this key with 403, which names the scope that it lacks."
