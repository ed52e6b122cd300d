"""The page to forward: one file that asks for nothing, runs nothing, and reads well on a phone, in print and aloud."""

from __future__ import annotations

import functools
import json
import re
import shutil
import subprocess
import threading
from dataclasses import replace
from datetime import datetime
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from cartwatch.document.document import Document
from cartwatch.document.reader import read_watchlist
from cartwatch.formats.html import report
from cartwatch.views.look import Look

SAMPLE = Path(__file__).parents[2] / "sample_watchlist.toml"
NOW = datetime.fromisoformat("2026-11-22T12:00:00+00:00")
CHROMIUM = next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None)

TEXT = """
[[program]]
name = "Long <name> [b] & co"
short = "[CD19] </b>"
sponsor = "Avery-long-word-without-any-space-that-would-push-a-narrow-page-to-the-side-GmbH"
desk = "kept by the desk"
[program.mechanism]
targets = ["CD19"]
[[program.safety.report]]
population = "R/R B-ALL"
n = 40
crs = { any = "38/40", severe = "1/40" }
icans = { any = "4/40" }
[[program.catalyst]]
event = "readout"
when = "Q4 2026"
[[program.source]]
id = "a"
title = "good"
url = "https://example.org/a-long-address-without-any-space-that-would-push-a-narrow-page-to-the-side/index.html"
[[program.source]]
id = "b"
title = "bad"
url = "javascript:alert(1)"
"""


def programs(text: str):
    document = Document.parse(text.encode())
    return read_watchlist(document.head, document.programs, NOW.date()).watchlist.programs


def page(text: str = TEXT) -> str:
    return "".join(report(programs(text), Look(NOW), "My list"))


def section(text: str, title: str) -> str:
    """Cut out a pane of the first program."""
    start = text.index(f"<h3>{title}</h3>")
    return re.sub(r"<[^>]+>", " ", text[start : text.index("</div>", start)])


class Outline(HTMLParser):
    """The structure that a screen reader announces."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.levels: list[int] = []
        self.seen: list[str] = []
        self.ids: list[str] = []
        self.inner: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.seen.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))
        if "id" in given and tag != "pattern":
            self.ids.append(given["id"])
        if given.get("href", "").startswith("#"):
            self.inner.append(given["href"][1:])
        if "aria-labelledby" in given:
            self.inner += given["aria-labelledby"].split()


@pytest.fixture(scope="module")
def sample() -> str:
    return page(SAMPLE.read_text(encoding="utf-8"))


@pytest.mark.slow
def test_a_screen_reader_finds_landmarks_headings_and_captions(sample):
    found = Outline(sample)
    assert found.levels[0] == 1
    assert found.levels.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(found.levels, found.levels[1:], strict=False))
    assert {"header", "main", "footer", "section"} <= set(found.seen)
    assert found.seen.count("caption") == found.seen.count("table") > 20
    assert len(set(found.ids)) == len(found.ids)
    assert set(found.inner) <= set(found.ids)
    assert '<time datetime="2026-11-22">2026-11-22</time>' in sample
    assert 'role="img" aria-labelledby="timeline-title timeline-told"' in sample
    assert sample.count(".picture { --mark") == 1


def test_every_text_of_the_file_is_there_and_is_text():
    text = page()
    assert "Long &lt;name&gt; [b] &amp; co" in text
    assert "[CD19] &lt;/b&gt;" in text
    assert "kept by the desk" in text
    assert "Other fields" in text
    assert text.count('href="https://') == 1
    assert "javascript:alert(1)" in text
    assert 'href="javascript' not in text


def test_a_rate_stands_with_its_n_and_what_is_missing_is_said_once():
    shown = " ".join(section(page(), "Safety").split())
    assert "n = 40" in shown
    assert "38/40" in shown
    assert shown.lower().count("not reported") == 3  # the cut-off, and once for the rates and for the rest
    assert "Not reported: ICANS ≥3, GVHD" in shown
    assert "Not reported: Boxed warning, REMS, CRS mitigation, ICANS mitigation, GVHD mitigation" in shown


def test_two_programs_of_hostile_keys_have_addresses_of_their_own():
    found = Outline(
        page('[[program]]\nid = "1"\nname = "A"\n[[program]]\nid = "\\"> x"\nname = "B"\n[[program]]\nname = "ß"\n')
    )
    assert len(set(found.ids)) == len(found.ids)
    assert set(found.inner) <= set(found.ids)


@pytest.mark.slow
def test_the_page_comes_in_pieces():
    one = programs(TEXT)[0]
    many = [replace(one, key=f"p{at}") for at in range(400)]
    pieces = report(many, Look(NOW), "List")
    longest = max(len(each) for each in pieces)
    assert longest < 40_000  # the style is the largest; nothing grows with the list but the drawing of at most 60


def luminance(color: str) -> float:
    """The relative luminance of a color (WCAG 2.2)."""
    parts = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_every_ink_has_contrast_on_its_paper_in_light_dark_and_print():
    style = page().partition("<style>")[2].partition("</style>")[0]
    palettes = [dict(re.findall(r"--([a-z]+): (#[0-9a-f]{6})", each)) for each in re.findall(r":root \{([^}]*)\}", style)]
    assert len(palettes) == 3
    for palette in palettes:
        assert set(palette) == set(palettes[0])
        paper = luminance(palette["paper"])
        for name, ink in palette.items():
            if name not in ("paper", "soft", "rule"):
                light, dark = sorted((paper, luminance(ink)), reverse=True)
                assert (light + 0.05) / (dark + 0.05) >= 4.5, (name, ink)


HARNESS = """<!DOCTYPE html><body><script>
const frame = document.createElement("iframe");
frame.width = WIDTH; frame.height = 800; frame.src = "page.html";
frame.onload = () => {
  const inside = frame.contentWindow, page = frame.contentDocument, edge = page.documentElement.clientWidth;
  const wide = [...page.querySelectorAll("body *")].filter(each => !each.closest(".wide svg, .sr, .skip, .cards thead")
    && each.getBoundingClientRect().right > edge + 1).map(each => each.tagName + " " + each.className);
  const out = document.createElement("pre");
  out.textContent = JSON.stringify({edge, scroll: page.documentElement.scrollWidth, wide, scripts: page.scripts.length,
    asked: inside.performance.getEntriesByType("resource").map(each => each.name),
    drawn: [...page.querySelectorAll("svg")].map(each => each.getBoundingClientRect().width > 300)});
  document.body.append(out);
};
document.body.append(frame);
</script>"""


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
@pytest.mark.parametrize("width", [320, 375, 1280])
@pytest.mark.slow
def test_a_browser_asks_for_nothing_runs_nothing_and_scrolls_only_down(tmp_path, sample, width):
    hostile = page(TEXT)
    body = hostile[hostile.index('<section class="program"') : hostile.index("</main>")]
    (tmp_path / "page.html").write_text(sample.replace("</main>", body + "</main>"), encoding="utf-8")
    (tmp_path / "harness.html").write_text(HARNESS.replace("WIDTH", str(width)), encoding="utf-8")
    asked: list[str] = []

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, format, *args):
            asked.append(self.path)

    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(tmp_path))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        argv = [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-sync", "--disable-background-networking", "--disable-component-update",
                f"--user-data-dir={tmp_path / 'profile'}",
                "--virtual-time-budget=5000", "--dump-dom", f"http://127.0.0.1:{server.server_port}/harness.html"]  # fmt: skip
        found = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False).stdout
        server.shutdown()
    told = json.loads(found.partition("<pre>")[2].partition("</pre>")[0])
    assert told["edge"] > width - 20
    assert (told["wide"], told["scripts"], told["asked"]) == ([], 0, [])
    assert told["scroll"] <= told["edge"]
    assert told["drawn"]
    assert all(told["drawn"])
    assert set(asked) <= {"/harness.html", "/page.html", "/favicon.ico"}


def test_few_programs_are_compared_with_what_forbids_it_and_many_are_not():
    few = "".join(
        f'[[program]]\nname = "p{at}"\n[[program.safety.report]]\nn = 10\ncrs = {{ any = "{at}/10" }}\n' for at in (1, 2)
    )
    text = page(few)
    assert "CRS, any grade" in text
    assert "Grading scale: not stated for any data set" in text
    assert "nothing is ranked or pooled" in text
    assert "Grading scale" not in page(few + "".join(f'[[program]]\nname = "q{at}"\n' for at in range(7)))


def test_slips_are_drawn_where_guidance_moved():
    moved = 'when = "Q1 2027"\nmove = [{ when = "Q4 2026", said = 2026-01-05 }]'
    text = page(f'[[program]]\nname = "<p>"\n[[program.catalyst]]\nevent = "e"\n{moved}\n')
    assert "<h2>Slips</h2>" in text
    assert "1 Q4 2026" in text
    assert "slipped: end +90 days" in text
    assert "<h2>Slips</h2>" not in page('[[program]]\nname = "p"\n[[program.catalyst]]\nevent = "e"\nwhen = "Q1 2027"\n')
