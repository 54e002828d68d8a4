"""Cross-origin rules: an allow-list of origins, and the headers that browsers may send and read."""

from collections.abc import Collection

ALLOWED_METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
ALLOWED_HEADERS = "Content-Type, Idempotency-Key, If-Match, Authorization"
EXPOSED_HEADERS = "Location, ETag, Retry-After, Idempotent-Replayed, RateLimit, RateLimit-Policy"
PREFLIGHT_SECONDS = 600


def cors_headers(origin: str | None, allowed: Collection[str]) -> dict[str, str]:
    """Return the headers that let a page of this origin read the answer; only Vary if it isn't allowed."""
    if origin is None or not (origin in allowed or "*" in allowed):
        return {"Vary": "Origin"}
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Expose-Headers": EXPOSED_HEADERS,
        "Vary": "Origin",
    }


def preflight_headers(origin: str | None, allowed: Collection[str]) -> dict[str, str]:
    """Return the headers of the answer to a preflight."""
    return {
        **cors_headers(origin, allowed),
        "Access-Control-Allow-Methods": ALLOWED_METHODS,
        "Access-Control-Allow-Headers": ALLOWED_HEADERS,
        "Access-Control-Max-Age": str(PREFLIGHT_SECONDS),
    }
