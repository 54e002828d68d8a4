"""The REST API and its sockets: parsing requests and presenting answers.

Every function imports app.py, and few need all of this: pydantic alone takes a tenth of a second. The modules
listed here are therefore imported when a route first asks for them as an attribute, like
`api.requests.parse_order(body, account, tokens)`.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.api import account, amendments, history, pages, requests, responses, steering, trading

__all__ = ["account", "amendments", "history", "pages", "requests", "responses", "steering", "trading"]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Import the module; from then on it is an attribute like any other (PEP 562)."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return import_module(f"{__name__}.{name}")
