"""The page as text: escaped, the same every time, written whole or not at all; its colours can be read."""

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from sample_page import HOSTILE, page

from codelength.core import Bits, DataError
from codelength.report import Callout, Column, Fact, Page, Provenance, Section, Table, provenance, render, write
from codelength.report.style import STYLE


class Structure(HTMLParser):
    """The tags and attribute names of a page, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.text: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = tuple(sorted(name for name, _ in attrs if (tag, name) != ("bdi", "title")))
        self.tags.append((tag, names))

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_hostile_names_change_only_text() -> None:
    plain, hostile = Structure(render(page())), Structure(render(page(HOSTILE)))
    assert hostile.tags == plain.tags
    seen = "".join(hostile.text)
    assert HOSTILE[0] in seen
    assert HOSTILE[1] in seen
    assert "\u202e" not in seen


def test_hostile_text_everywhere() -> None:
    bad = HOSTILE[0] + HOSTILE[1] + "\udcff\x00"
    made = Provenance(bad, bad, {bad: 1}, {bad: bad}, {bad: bad})
    table = Table(bad, [Column("a", bad, unit=bad, help=bad)], [{"a": bad}], note=bad)
    sections = [Section(bad, [Callout("warning", bad, bad), table])]
    text = render(Page(bad, bad, sections, made, [Fact(bad, bad, bad, bad)]))
    tags = [tag for tag, _ in Structure(text).tags]
    assert tags.count("script") == 1
    assert not [names for _, names in Structure(text).tags if any(name.startswith("on") for name in names)]
    text.encode("utf-8")


def test_same_page_same_bytes() -> None:
    assert render(page()) == render(page())


def test_kinds_stand_beside_numbers_and_are_explained_where_they_occur() -> None:
    text = render(page())
    for kind in ("exact", "upper", "lower", "estimate"):
        assert f'<span class="kind">{kind}</span>' in text
        assert f"<dt>“{kind}”</dt>" in text
    table = Table("", [Column("a", "A")], [{"a": Bits(5.0, "upper")}])
    few = render(Page("t", "l", [Section("s", [table])], Provenance("c", "d")))
    assert "“upper”" in few
    assert "“exact”" not in few


def test_plots_are_loaded_only_by_who_draws_them() -> None:
    asked = "import sys, codelength.report; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", asked], check=False).returncode == 0


def test_the_foot_says_how_it_was_made() -> None:
    made = provenance(["codelength", "select", "--task", "my task.txt"], "2025-06-01", {"bootstrap": 7})
    assert made.command == "codelength select --task 'my task.txt'"
    assert {"python", "codelength", "numpy", "numba"} <= set(made.versions)
    text = "".join(Structure(render(Page("t", "l", [], made))).text)
    for said in (made.command, "2025-06-01", "bootstrap\xa07", made.versions["numpy"], made.machine["system"]):
        assert said in text


def test_written_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "report.html"
    assert write(page(), target) == target
    assert target.read_text(encoding="utf-8") == render(page())
    with pytest.raises(DataError, match="cannot write the report"):
        write(page(), tmp_path / "missing" / "report.html")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "kept").touch()
    with pytest.raises(DataError, match="folder"):
        write(page(), tmp_path / "folder")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "report.html"]


def luminance(colour: list[float]) -> float:
    parts = [v / 255 / 12.92 if v / 255 <= 0.04045 else ((v / 255 + 0.055) / 1.055) ** 2.4 for v in colour]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(a: list[float], b: list[float]) -> float:
    dark, light = sorted((luminance(a), luminance(b)))
    return (light + 0.05) / (dark + 0.05)


def variables(css: str) -> dict[str, list[float]]:
    return {
        name: [int(value[at : at + 2], 16) for at in (0, 2, 4)]
        for name, value in re.findall(r"--([\w-]+): #([0-9a-f]{6});", css)
    }


@pytest.mark.parametrize("dark", [False, True])
def test_numbers_on_every_shade_of_a_heatmap_can_be_read(dark: bool) -> None:
    light, _, rest = STYLE.partition("@media screen and (prefers-color-scheme: dark)")
    fallback = {f"on{k}": [7, 9, 12] if k < 9 else [255, 255, 255] for k in range(11)}
    colours = fallback | variables(light) | (variables(rest[: rest.index("* {")]) if dark else {})
    for shade in range(11):
        share = max(0.04, shade / 10)
        back = [share * a + (1 - share) * s for a, s in zip(colours["accent"], colours["surface"], strict=True)]
        assert contrast(back, colours[f"on{shade}"]) >= 4.5
    for k in range(8):
        assert contrast(colours["surface"], colours[f"s{k}"]) >= 3.0
