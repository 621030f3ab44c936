"""The page in a real browser: opens offline without a complaint, sorts, fits, and can be read in light and dark.

Needs a Chromium; without one these tests are skipped, but fail where `CI` is set: there it must be.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright
from playwright.sync_api import Page as Tab
from sample_page import HOSTILE, NAMES, page
from test_page import contrast

from codelength.report import write

SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

TEXTS = """() => {
  const seen = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim();
    let at = walker.currentNode.parentElement;
    const box = at.getBoundingClientRect();
    if (!text || !box.width || ["TITLE", "DESC", "SCRIPT"].includes(at.tagName.toUpperCase())) continue;
    const painted = at.namespaceURI.endsWith("svg");
    if (painted && at.getAttribute("style").includes("--on")) continue;
    const style = getComputedStyle(at);
    const ink = painted ? style.fill : style.color;
    while (at && getComputedStyle(at).backgroundColor === "rgba(0, 0, 0, 0)") at = at.parentElement;
    seen.push([text, ink, getComputedStyle(at).backgroundColor]);
  }
  return seen;
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    found = [path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))]
    if not found:
        if os.environ.get("CI") == "true":
            pytest.fail("no Chromium found, and CI is set: install Debian's chromium")
        pytest.skip("no Chromium found (chromium, chromium-browser or google-chrome): install one to run these tests")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found[0], args=SWITCHES)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    pages = {"plain": page(), "hostile": page(HOSTILE)}
    return {name: write(one, folder / f"{name}.html") for name, one in pages.items()}


def opened(browser: Browser, path: Path, **settings: Any) -> tuple[Tab, list[str]]:
    """The page in a tab of its own without a network, and all that went wrong or was asked for."""
    tab = browser.new_context(offline=True, **settings).new_page()
    troubles: list[str] = []
    tab.on("console", lambda message: troubles.append(f"console: {message.text}"))
    tab.on("pageerror", lambda error: troubles.append(f"error: {error}"))
    tab.on("dialog", lambda dialog: (troubles.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    tab.on("request", lambda request: troubles.append(f"request: {request.url}"))
    tab.goto(path.as_uri(), wait_until="load")
    return tab, [trouble for trouble in troubles if trouble != f"request: {path.as_uri()}"]


@pytest.mark.parametrize("name", ["plain", "hostile"])
@pytest.mark.parametrize("width", [1280, 400])
def test_opens_offline_in_silence_and_fits(browser: Browser, files: dict[str, Path], name: str, width: int) -> None:
    tab, troubles = opened(browser, files[name], viewport={"width": width, "height": 900})
    tab.hover("table tbody tr")
    for summary in tab.query_selector_all("summary"):
        summary.click()
    inner, outer = tab.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert inner <= outer
    assert [trouble for trouble in troubles if not trouble.startswith("request: data:")] == []
    assert files[name].stat().st_size < 1_000_000
    tab.context.close()


@pytest.mark.parametrize("name", ["plain", "hostile"])
def test_prints_on_a_sheet_in_light_colours(browser: Browser, files: dict[str, Path], name: str) -> None:
    tab, _ = opened(browser, files[name], viewport={"width": 718, "height": 1000}, color_scheme="dark")
    tab.emulate_media(media="print")
    assert tab.evaluate("document.documentElement.scrollWidth") <= 718
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    tab.context.close()


def names_shown(tab: Tab) -> list[str]:
    return tab.locator("#sources tbody th").all_inner_texts()


def test_table_sorts_by_raw_value_on_click_and_key(browser: Browser, files: dict[str, Path]) -> None:
    tab, troubles = opened(browser, files["plain"])
    tab.locator("table").first.evaluate("table => { table.id = 'sources'; }")
    saved = ["email, other half", "http", "urllib", "asyncio", "json", "licence.txt", "random bytes", NAMES[7]]
    head = tab.locator("#sources thead th")
    head.nth(1).locator("button").click()
    assert names_shown(tab) == saved
    assert head.nth(1).get_attribute("aria-sort") == "descending"
    head.nth(1).locator("button").click()
    assert names_shown(tab) == saved[::-1]
    assert head.nth(1).get_attribute("aria-sort") == "ascending"
    head.nth(0).locator("button").focus()
    tab.keyboard.press("Enter")
    assert names_shown(tab) == sorted(NAMES)
    assert [one.get_attribute("aria-sort") for one in head.all()] == ["ascending", None, None, None, None, None]
    head.nth(5).locator("button").click()
    first = names_shown(tab)
    head.nth(5).locator("button").press("Space")
    assert first[:5] == ["email, other half", "http", "urllib", "licence.txt", "json"]
    assert names_shown(tab)[:5] == first[4::-1]
    assert names_shown(tab)[5:] == first[5:]
    assert troubles == []
    tab.context.close()


@pytest.mark.parametrize("name", ["plain", "hostile"])
def test_light_and_dark_differ_and_all_text_has_contrast(browser: Browser, files: dict[str, Path], name: str) -> None:
    backgrounds = set()
    for scheme in ("light", "dark"):
        tab, _ = opened(browser, files[name], color_scheme=scheme)
        backgrounds.add(tab.evaluate("getComputedStyle(document.body).backgroundColor"))
        seen = tab.evaluate(TEXTS)
        assert len(seen) > 200
        for text, ink, back in seen:
            pair = [[float(part) for part in colour[colour.index("(") + 1 : -1].split(",")] for colour in (ink, back)]
            assert contrast(*pair) >= 4.5, (scheme, text, ink, back)
        tab.context.close()
    assert len(backgrounds) == 2


def test_without_the_script_it_is_still_a_page_and_a_foreign_script_does_not_run(
    browser: Browser, files: dict[str, Path], tmp_path: Path
) -> None:
    changed = tmp_path / "changed.html"
    text = files["plain"].read_text(encoding="utf-8")
    changed.write_text(text.replace("</main>", "<script>document.title = 'foreign';</script></main>"), encoding="utf-8")
    tab, _ = opened(browser, changed)
    assert tab.title() == "Which data helps email, one half"
    tab.context.close()
    tab, _ = opened(browser, files["plain"], java_script_enabled=False)
    assert tab.locator("table").first.is_visible()
    tab.context.close()
