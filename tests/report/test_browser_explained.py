"""The page of `explain` in a real browser: silent and offline, fits, can be read, switches views, answers the pointer
and the keyboard.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser
from test_browser import TEXTS, browser, opened
from test_page import contrast

from codelength.report import Explained, Page, Provenance, Section, Span, Text, write

__all__ = ["browser"]

LINES = "def f(x):\n\treturn x  # naïve €, 中文, \u202eabc\n" + "a long line of prose " * 60 + "\n" + "y" * 700 + "\n"
SCALE = np.concatenate([np.linspace(0, 12, 240), np.full(60, 0.01)])


def costs(n: int, shift: int) -> np.ndarray:
    return np.resize(np.roll(SCALE, shift), n)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("explained")
    text, binary = LINES.encode() + b"\xff\x00", np.random.default_rng(0).bytes(2000)
    blocks = {
        "text": Explained([Span("", 0, text, costs(len(text), 0), costs(len(text), 90))], text=True),
        "hex": Explained(
            [Span(f"Region {k}", 9_999_000 + k, binary, costs(2000, k), costs(2000, 70 * k)) for k in range(2)],
            text=False,
        ),
        "alone": Explained([Span("", 0, text, costs(len(text), 0))], text=True),
    }
    made = Provenance("codelength explain", "today")
    return {
        name: write(
            Page("Where the bits go", "A lead.", [Section("s", [Text("x"), block])], made), folder / f"{name}.html"
        )
        for name, block in blocks.items()
    }


NAMES = ["text", "hex", "alone"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("width", [1280, 400])
def test_opens_offline_in_silence_and_fits(browser: Browser, pages: dict[str, Path], name: str, width: int) -> None:
    tab, troubles = opened(browser, pages[name], viewport={"width": width, "height": 900})
    inner, outer = tab.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert inner <= outer
    wide = "map => map.scrollWidth > map.clientWidth || Array.from(map.querySelectorAll('i')).some("
    wide += "cell => cell.getBoundingClientRect().right > map.getBoundingClientRect().right + 1)"
    assert not tab.locator(".map").first.evaluate(wide)
    assert [trouble for trouble in troubles if not trouble.startswith("request: data:")] == []
    tab.context.close()


def numbers(colour: str) -> list[float]:
    return [float(part) for part in colour[colour.index("(") + 1 : -1].split(",")]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("view", ["alone", "given", "difference"])
def test_every_level_can_be_read_in_every_view(
    browser: Browser, pages: dict[str, Path], scheme: str, view: str
) -> None:
    tab, _ = opened(browser, pages["hex"], color_scheme=scheme)
    tab.locator(f"input[value={view}]").check(force=True)
    shown = [one for one in tab.evaluate(TEXTS) if one[0]]
    grounds = {ground for _, _, ground in shown}
    assert len(grounds) >= 9
    for text, ink, ground in shown:
        assert contrast(numbers(ink), numbers(ground)) >= 4.5, (scheme, view, text, ink, ground)
    tab.context.close()


def painted(tab: Any) -> list[str]:
    found: list[str] = tab.locator(".map i").evaluate_all(
        "cells => cells.map(c => getComputedStyle(c).backgroundColor)"
    )
    return found


def test_views_switch_by_pointer_and_key_and_each_paints_its_own(browser: Browser, pages: dict[str, Path]) -> None:
    tab, troubles = opened(browser, pages["text"])
    seen = {"given": painted(tab)}
    tab.get_by_text("Alone", exact=True).click()
    seen["alone"] = painted(tab)
    assert tab.locator(".legend.cost").is_visible()
    assert not tab.locator(".legend.saving").is_visible()
    tab.locator("input[value=given]").focus()
    tab.keyboard.press("ArrowRight")
    seen["difference"] = painted(tab)
    assert tab.locator(".bytes").get_attribute("data-view") == "difference"
    assert tab.locator(".legend.saving").is_visible()
    assert len({tuple(colours) for colours in seen.values()}) == 3
    assert troubles == []
    tab.context.close()


def test_a_byte_says_what_it_costs(browser: Browser, pages: dict[str, Path]) -> None:
    tab, troubles = opened(browser, pages["text"], viewport={"width": 1280, "height": 900})
    said = tab.locator("output")
    tab.locator(".map i").nth(3).hover()
    n = len(LINES.encode()) + 2
    alone, told = (round(256 * costs(n, shift)[3]) / 256 for shift in (0, 90))
    assert said.inner_text().startswith(f"byte 3: space, {alone:.2f} bits alone, {told:.2f} given x: x ")
    tab.locator(".map i", has_text="€").hover()
    at = LINES.encode().index("€".encode())
    assert said.inner_text().startswith(f"byte {at}–{at + 2}: €, ")
    tab.locator(".map").focus()
    tab.keyboard.press("ArrowRight")
    assert said.inner_text().startswith(f"byte {at + 3}: ,")
    tab.keyboard.press("ArrowLeft")
    assert said.inner_text().startswith(f"byte {at}–{at + 2}: €")
    assert tab.locator(".map i.here").count() == 1
    assert troubles == []
    tab.context.close()


def test_without_the_script_it_is_coloured(browser: Browser, pages: dict[str, Path]) -> None:
    tab, _ = opened(browser, pages["text"], java_script_enabled=False)
    assert tab.locator(".map i").first.is_visible()
    assert not tab.locator("fieldset").is_visible()
    tab.context.close()


def test_prints_with_its_colours_on_a_sheet(browser: Browser, pages: dict[str, Path]) -> None:
    tab, _ = opened(browser, pages["hex"], viewport={"width": 718, "height": 1000}, color_scheme="dark")
    tab.emulate_media(media="print")
    assert tab.evaluate("document.documentElement.scrollWidth") <= 718
    assert tab.locator(".map").first.evaluate("map => map.scrollHeight <= map.clientHeight + 1")
    assert len(set(painted(tab))) >= 5
    tab.context.close()
