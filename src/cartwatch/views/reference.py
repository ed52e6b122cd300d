"""Reference cards: the grades of CRS, ICANS and GVHD, each with its source. Reference, not advice."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .layout import cells, side_by_side
from .lines import Line, Pane, Run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .look import Look

__all__ = ["CARDS", "Card", "cards_about", "reference_pages"]


class Card(NamedTuple):
    """One card: a table of grades with notes below it.

    `about` are the risks it belongs to. A row or note that begins with "°" has not been checked against the source.
    """

    key: str
    about: tuple[str, ...]
    title: str
    source: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()


_LEE = "Lee et al., Biol Blood Marrow Transplant 2019;25:625"

CARDS = (
    Card(
        "crs",
        ("crs",),
        "CRS, ASTCT 2019",
        f"{_LEE} (table also in PMC8021214, PMC9327779)",
        ("Grade", "Hypotension", "Hypoxia"),
        (
            ("1", "none", "none"),
            ("2", "no vasopressor needed", "low-flow nasal cannula (≤ 6 L/min) or blow-by"),
            (
                "3",
                "one vasopressor, with or without vasopressin",
                "high-flow cannula (> 6 L/min), face mask, non-rebreather or Venturi mask",
            ),
            ("4", "several vasopressors (vasopressin not counted)", "positive pressure: CPAP, BiPAP, ventilation"),
            ("5", "death", "death"),
        ),
        (
            "Fever of 38 °C or more with no other cause belongs to every grade; once tocilizumab or steroids have been given "
            "it is no longer required, and blood pressure and oxygen decide.",
            "The grade is the worse of the two columns.",
            "Other scales stand behind published rates: Lee 2014, Penn, CARTOX, MSKCC, CTCAE. Organ toxicity counts in those, "
            "not in ASTCT. The scale is part of the number: one is never converted to another.",
            "°Low blood pressure that needs only fluids can be grade 3 on Penn and is grade 2 on ASTCT.",
        ),
    ),
    Card(
        "icans",
        ("icans", "neurotox"),
        "ICANS, ASTCT 2019",
        f"{_LEE} (PMC9327779 table 2)",
        ("Grade", "ICE", "Wakefulness", "Seizure", "Motor", "Raised pressure, oedema"),
        (
            ("1", "7–9", "wakes by itself", "–", "–", "–"),
            ("2", "3–6", "wakes to voice", "–", "–", "–"),
            ("3", "0–2", "wakes only to touch", "any that resolves rapidly, or only on EEG", "–", "focal oedema on imaging"),
            (
                "4",
                "0, cannot be tested",
                "unarousable, stupor, coma",
                "> 5 min or not resolving",
                "focal weakness, hemiparesis",
                "diffuse oedema, posturing, sixth-nerve palsy, Cushing's triad",
            ),
        ),
        (
            "The grade is the worst column.",
            "ICE score, 10 points: orientation to year, month, city, hospital (4); name three objects (3); follow a simple "
            "command (1); write a sentence (1); count back from 100 by ten (1).",
            "°ICE 0 while awake is grade 3; ICE 0 because unarousable is grade 4.",
            "°Under 12 years the CAPD replaces ICE.",
            "Labels from before about 2020 report neurologic toxicities, a wider category: it is kept as neurotoxicity, never "
            "as ICANS.",
        ),
    ),
    Card(
        "gvhd-acute",
        ("gvhd",),
        "Acute GVHD, MAGIC: stages of each organ",
        "Harris et al., Biol Blood Marrow Transplant 2016",
        ("Stage", "Skin (rash, body surface)", "Liver (bilirubin, mg/dL)", "Upper gut", "Lower gut (stool per day)"),
        (
            ("0", "no active rash", "< 2", "no persistent nausea", "< 500 mL or < 3 episodes (child < 10 mL/kg or < 4)"),
            ("1", "< 25%", "2–3", "persistent nausea, anorexia", "500–999 mL or 3–4 episodes (child 10–19.9 mL/kg)"),
            ("°2", "25–50%", "3.1–6", "–", "1000–1500 mL"),
            ("°3", "> 50%", "6.1–15", "–", "> 1500 mL"),
            ("°4", "erythroderma > 50% with bullae", "> 15", "–", "severe pain, ileus or gross blood"),
        ),
        (
            "°Grade 0: none. I: skin 1–2 only. II: skin 3, or liver 1, or upper gut 1, or lower gut 1. III: liver 2–3 or lower "
            "gut 2–3. IV: any organ stage 4.",
            "Modified Glucksberg/Keystone is in use too, reported as I–IV or A–D: say which one.",
            "Acute or chronic is decided by the picture, not by day 100 (CIBMTR data-collection manual).",
        ),
    ),
    Card(
        "gvhd-chronic",
        ("gvhd",),
        "Chronic GVHD, NIH 2014",
        "PMC4329079",
        ("Severity", "Rule"),
        (
            ("mild", "one or two organs at score 1, no loss of function"),
            ("moderate", "three or more organs at 1, or any organ at 2"),
            ("severe", "any organ at 3"),
        ),
        ("Each organ scores 0–3.", "°The lung counts higher: moderate from 1, severe from 2."),
    ),
)
"""The cards, in their order. Facts and their marks: the project's vetted vocabulary page."""

_NOT_ADVICE = "Reference, not advice. Grades of one scale are never those of another."
_UNCHECKED = "not checked against its source by a person"


def cards_about(words: str) -> tuple[Card, ...]:
    """Return the cards of a risk ("crs", "icans", "neurotox", "gvhd"), or of a key; all for ""."""
    wanted = words.casefold()
    return tuple(each for each in CARDS if not wanted or wanted == each.key or wanted in each.about)


def reference_pages(cards: tuple[Card, ...], look: Look, width: int) -> tuple[Pane, ...]:
    """Lay out cards for a width; each names its source and says that it is no advice."""
    return tuple(Pane(each.key, each.title, tuple(_card(each, look, width))) for each in cards)


def _card(card: Card, look: Look, width: int) -> Iterator[Line]:
    least = 9 * len(card.heads) + sum(max(map(cells, column)) > 9 for column in zip(*card.rows, strict=True)) * 6
    yield from _table(card, look, width) if width >= least else _blocks(card, look)
    for at, note in enumerate(card.notes):
        yield Line(_marked(note, look), rule=at == 0)
    unchecked = any(each.startswith("°") for each in (*card.notes, *(row[0] for row in card.rows)))
    yield Line((Run(f"Source: {look.plainly(card.source)}", "quiet"),), rule=True)
    yield Line((Run(_NOT_ADVICE, "quiet"),))
    if unchecked:
        yield Line((Run(f"{look.glyphs.unverified} {_UNCHECKED}", "quiet"),))


def _marked(text: str, look: Look) -> tuple[Run, ...]:
    plain = Run(look.plainly(text.removeprefix("°")))
    return (plain, look.unverified) if text.startswith("°") else (plain,)


def _table(card: Card, look: Look, width: int) -> Iterator[Line]:
    columns = [*zip(*((card.heads, *card.rows)), strict=True)]
    sizes = [max(cells(text) for text in column) for column in columns]
    while sum(sizes) + 2 * (len(sizes) - 1) > width and max(sizes) > 4:
        sizes[sizes.index(max(sizes))] -= 1
    heads = [[Run(look.plainly(each), "quiet")] for each in card.heads]
    for row in (heads, *([list(_marked(text, look)) for text in row] for row in card.rows)):
        for runs in side_by_side(row, sizes):
            yield Line(tuple(Run(*each) for each in runs))


def _blocks(card: Card, look: Look) -> Iterator[Line]:
    """Show each grade as a block of labelled lines, where the columns have no room."""
    for place, row in enumerate(card.rows):
        yield Line((Run(f"{card.heads[0]} ", "heading"), *_marked(row[0], look)), rule=place > 0)
        for head, text in zip(card.heads[1:], row[1:], strict=True):
            if text != "–":
                yield Line((Run(f"{look.plainly(head)}: ", "quiet"), *_marked(text, look)), indent=1)
