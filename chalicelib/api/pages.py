"""The pages and documents that the API serves: a fixed set of files."""

import base64
import hashlib
import re
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from chalice.app import Request, Response

from chalicelib.api.http import answer_problem
from chalicelib.api.problems import problem_of_status

STATIC = Path(__file__).resolve().parents[1] / "static"

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
"""Content types by suffix. All are text, because API Gateway alters binary bodies unless configured."""

OF_THEIR_OWN = ("openapi.json", "asyncapi.json", "redoc.standalone.js")
"""Files that are large, and so have a path of their own, which the gateway throttles by itself."""

PAGES = {"/": "index.html", "/docs": "docs.html"} | {f"/{name}": name for name in OF_THEIR_OWN}
"""The files that are served under paths of their own."""

_INLINE = {kind: re.compile(f"<{kind}>(.*?)</{kind}>", re.DOTALL) for kind in ("script", "style")}
_FIXED_POLICY = (
    "default-src 'none'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def serve(request: Request, stream_url: str, name: str | None = None) -> Response:
    """Return the file of this name below /static, or else the page of the request's own path.

    It is 304 if the client has it already, and a problem if there is none.
    """
    wanted = PAGES[request.context["resourcePath"]] if name is None else name
    path = None if name in OF_THEIR_OWN else _served().get(wanted)
    if path is None:
        return answer_problem(problem_of_status(404))
    text, tag = _read(path)
    headers = {"Content-Type": TYPES[path.suffix], "Cache-Control": "no-cache", "ETag": tag}
    if path.suffix == ".html":
        headers |= {"Content-Security-Policy": _policy(text, stream_url), "Referrer-Policy": "no-referrer"}
    if tag in request.headers.get("if-none-match", ""):
        return Response("", headers={**headers}, status_code=304)
    return Response(text, headers={**headers}, status_code=200)


@cache
def _served() -> dict[str, Path]:
    return {path.name: path for path in STATIC.iterdir() if path.suffix in TYPES}


@cache
def _read(path: Path) -> tuple[str, str]:
    """Return a file's text and its tag; a worker reads each file once."""
    text = path.read_text(encoding="utf-8")
    return text, f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def _policy(page: str, stream_url: str) -> str:
    """Return a policy that allows the page's own scripts and styles, this API and its sockets only."""
    stream = urlsplit(stream_url)
    sources = [f"{kind}-src 'self'{_hashes(inline.findall(page))}" for kind, inline in _INLINE.items()]
    return "; ".join([_FIXED_POLICY, *sources, f"connect-src 'self' {stream.scheme}://{stream.netloc}"])


def _hashes(inline: list[str]) -> str:
    digests = (base64.b64encode(hashlib.sha256(part.encode()).digest()).decode() for part in inline)
    return "".join(f" 'sha256-{digest}'" for digest in digests)
