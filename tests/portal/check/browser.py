"""Chromium that reaches this machine only and tells what it tried."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Route, sync_playwright

_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


_LIVE = """() => {
    const due = document.querySelector("[data-modules]")?.dataset.modules.split(" ") ?? [];
    const modules = [...document.querySelectorAll("script[type=module]")];
    return modules.length >= due.length && Promise.all(modules.map(({src}) => import(src))).then(() => true);
}"""


@dataclass
class Watch:
    """What a page did."""

    outside: list[str] = field(default_factory=list[str])
    """Requests to other machines; none of them left."""
    errors: list[str] = field(default_factory=list[str])
    """What it wrote to the console as an error, or threw."""
    requests: list[str] = field(default_factory=list[str])
    """What it loaded from here."""


@contextmanager
def chromium(executable: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(_OPTIONS))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def opened(
    browser: Browser,
    *,
    width: int = 1280,
    scheme: Literal["light", "dark"] = "light",
    script: bool = True,
    **options: Any,
) -> Iterator[tuple[Page, Watch]]:
    """Yield a page in a fresh profile, and what is seen of it."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=script, **options
    )
    watch = Watch()

    def decide(route: Route, request: Request) -> None:
        if _is_here(request.url):
            watch.requests.append(request.url)
            route.continue_()
        else:
            watch.outside.append(request.url)
            route.abort()

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            watch.errors.append(message.text)

    context.route("**/*", decide)
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.on("console", note)
    page.on("pageerror", lambda error: watch.errors.append(str(error)))
    try:
        yield page, watch
    finally:
        context.close()


def go_to(page: Page, url: str, *, until: Literal["load", "networkidle"] = "load") -> None:
    """Open a page, and wait for its scripts: they start when it is painted."""
    page.goto(url, wait_until=until)
    page.wait_for_function(_LIVE)


def _is_here(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("data", "blob") or parts.hostname == "127.0.0.1"
