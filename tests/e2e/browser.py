"""A real headless Chromium on the dashboard, and a line to the engine that a test can cut."""

import asyncio
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Error,
    Page,
    Playwright,
    Response,
    expect,
    sync_playwright,
)

PATIENCE = 30_000
"""Milliseconds that a test waits for the page before it fails."""

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FETCH_SECONDS = 600
MISSING = (
    "The dashboard is tested in a real Chromium and none starts here: install the package chromium, or type "
    "`sudo .venv/bin/python -m playwright install --with-deps chromium`, and then `make test` again."
)
UNABLE = (
    "The dashboard is tested in a real Chromium, and Playwright, which drives it, does not start here: "
    "install the packages chromium and libatomic1 (on Fedora libatomic), and then type `make test` again."
)
QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
ANSWERS_OF_THE_NETWORK = ("Failed to load resource", "WebSocket connection to")
"""What Chromium itself writes to the console of a refusal or a cut line, which a test may bring about."""

expect.set_options(timeout=PATIENCE)


class Line:
    """Forwards a loopback port to the engine's; once cut, nothing gets through until it is mended."""

    def __init__(self, rest_url: str) -> None:
        self.engine = urlsplit(rest_url).netloc
        self._is_cut = False
        self._open: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self._server = self._run(asyncio.start_server(self._forward, "127.0.0.1", 0))
        self.port = self._server.sockets[0].getsockname()[1]

    def cut(self) -> None:
        """Break every connection and let no new one through."""
        self._is_cut = True
        self._run(self._abort_all())

    def mend(self) -> None:
        """Let connections through again."""
        self._is_cut = False

    def close(self) -> None:
        """End it."""
        self._server.close()
        self.cut()
        self._run(self._server.wait_closed())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE / 1000)

    async def _abort_all(self) -> None:
        for writer in self._open:
            writer.transport.abort()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        with suppress(OSError):
            if not self._is_cut:
                far_reader, far_writer = await asyncio.open_connection(*self.engine.split(":"))
                self._open.add(far_writer)
                await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))
                self._open.discard(far_writer)
        self._open.discard(writer)
        writer.transport.abort()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while sent := await reader.read(65_536):
            writer.write(sent)
            await writer.drain()
    writer.close()


def launch(playwright: Playwright, line: Line) -> Browser:
    """A browser that reaches the engine through the line, addresses unchanged."""
    if _installed(playwright) is None:
        pytest.fail(MISSING)
    return _launch(playwright, f"--host-resolver-rules=MAP {line.engine} 127.0.0.1:{line.port}")


def provide() -> None:
    """Start a Chromium, fetched by Playwright if there is none. Exits with a sentence if none starts."""
    if not _playwright_starts():
        sys.exit(UNABLE)
    with sync_playwright() as playwright:
        if _installed(playwright) is None:
            _run_playwright("install", "chromium")
        if _installed(playwright) is None:
            sys.exit(MISSING)
        try:
            _launch(playwright).close()
        except Error:
            sys.exit(MISSING)


def _playwright_starts() -> bool:
    """Return whether Playwright's own program runs; it needs libatomic, which a bare Debian has not."""
    return _run_playwright("--version") == 0


def _run_playwright(*arguments: str) -> int:
    command = [sys.executable, "-m", "playwright", *arguments]
    ended = subprocess.run(command, check=False, timeout=FETCH_SECONDS, capture_output=True)  # noqa: S603 - our own
    return ended.returncode


def _installed(playwright: Playwright) -> str | None:
    own = Path(playwright.chromium.executable_path)
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    return found or (str(own) if own.exists() else None)


def _launch(playwright: Playwright, *arguments: str) -> Browser:
    return playwright.chromium.launch(
        executable_path=_installed(playwright), chromium_sandbox=False, args=[*QUIET, *arguments]
    )


@contextmanager
def visited(browser: Browser, **options: Any) -> Iterator[Page]:
    """A page of a fresh visitor; errors of its scripts, its files or its content policy fail the test."""
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(ANSWERS_OF_THE_NETWORK):
            complaints.append(message.text)

    def look(response: Response) -> None:
        if "/api/" not in response.url and not response.ok and response.status != 304:
            complaints.append(f"{response.status} {response.url}")

    with browser.new_context(**options) as context:
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("console", hear)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("response", look)
        try:
            yield page
        finally:
            page.unroute_all(behavior="ignoreErrors")  # what is still asked would fail in the next test
    assert complaints == [], complaints


def has_no_sideways_scroll(page: Page) -> bool:
    """Whether the page is as wide as its window, and no table is cut off that can't be scrolled by itself."""
    return bool(
        page.evaluate(
            """() => document.documentElement.scrollWidth <= innerWidth
                && [...document.querySelectorAll("table")].every((table) =>
                    table.closest(".scrolled") || table.getBoundingClientRect().right <= innerWidth)"""
        )
    )


def standing_out(page: Page) -> list[str]:
    """What stands out of its card or of the window, but for tables that can be scrolled by themselves."""
    found: list[str] = page.evaluate(
        """() => [...document.body.querySelectorAll("*")].filter((element) => {
            const isMeant = element.closest(".scrolled table, thead, .unseen, svg");
            if (isMeant || !element.checkVisibility()) return false;
            const card = element.parentElement.closest(".card") ?? document.documentElement;
            const room = card.getBoundingClientRect();
            const texts = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
            const lines = texts.flatMap((text) => {
                const range = document.createRange();
                range.selectNode(text);
                return [...range.getClientRects()];
            });
            return [element.getBoundingClientRect(), ...lines].some((box) =>
                box.width > 0 && (box.right > room.right + 1 || box.left < room.left - 1));
        }).map((element) => element.outerHTML.slice(0, 100))"""
    )
    return found


def squeezed(page: Page) -> list[str]:
    """Texts that stand in a column so narrow that hardly a word fits into a line."""
    found: list[str] = page.evaluate(
        """() => [...document.body.querySelectorAll("*")].filter((element) => {
            const texts = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
            const isText = texts.some((text) => text.data.trim().length > 5) && element.checkVisibility();
            if (!isText || element.closest("thead, .unseen, svg")) return false;
            const size = parseFloat(getComputedStyle(element).fontSize);
            const { width, height } = element.getBoundingClientRect();
            return width < 4 * size && height > 6 * size;
        }).map((element) => element.outerHTML.slice(0, 100))"""
    )
    return found


if __name__ == "__main__":
    provide()
