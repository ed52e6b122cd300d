"""Loads the words by which releases are read from `lexicon.toml`, once, as compiled patterns."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

__all__ = ["Kind", "Lexicon", "lexicon", "pattern"]

_MODULES = ("dateline", "guidance", "mentions", "rates", "regulatory")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of catalyst by the words that name it, with the event as it is called where nothing better is known."""

    name: str
    event: str
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All patterns; each is looked for in folded text (see `sentences.folded`)."""

    kinds: tuple[Kind, ...]
    future: re.Pattern[str]
    past: re.Pattern[str]
    before_participle: re.Pattern[str]
    reporting: re.Pattern[str]
    imperative: re.Pattern[str]
    coordinated: re.Pattern[str]
    relative: re.Pattern[str]
    adjuncts: re.Pattern[str]
    adjunct_end: re.Pattern[str]
    refused: dict[str, re.Pattern[str]]
    sections: dict[str, re.Pattern[str]]
    designations: dict[str, re.Pattern[str]]
    agencies: dict[str, re.Pattern[str]]
    agents: re.Pattern[str]
    outcomes: tuple[tuple[str, str, str, str, re.Pattern[str]], ...]
    others: dict[str, dict[str, re.Pattern[str]]]


@cache
def lexicon() -> Lexicon:
    """Read the file.

    Raises ValueError where the file that ships with the package has been edited into something else.
    """
    from pkgutil import get_data
    from tomllib import loads

    data = get_data("cartwatch.sources.releases", "lexicon.toml")
    if data is None:
        raise ValueError("lexicon.toml is missing from the package")
    made = loads(data.decode())
    words: dict[str, str] = made["words"]

    def compiled(*patterns: str) -> re.Pattern[str]:
        text = "|".join(f"(?:{each})" for each in patterns)
        for name, value in words.items():
            text = text.replace(f"{{{name}}}", value.replace("{agency}", words["agency"]))
        return re.compile(text)

    tense, refused = made["tense"], made["refused"]
    relative = refused.pop("relative")
    return Lexicon(
        tuple(Kind(each["name"], each["event"], compiled(*each["patterns"])) for each in made["kind"]),
        compiled(*tense["future"]),
        compiled(*tense["past"], *tense["present"]),
        compiled(tense["before_participle"]),
        compiled(tense["reporting"]),
        compiled(tense["imperative"]),
        compiled(rf",? and (?:then |also |to )?(?={tense['verbs']}\b)"),
        compiled(relative),
        compiled(made["adjuncts"]["words"]),
        compiled(made["adjuncts"]["stop"]),
        {name: compiled(*patterns) for name, patterns in refused.items()},
        {name: compiled(pattern) for name, pattern in made["sections"].items()},
        {name: compiled(pattern) for name, pattern in made["designations"].items()},
        {name: compiled(pattern) for name, pattern in made["agencies"].items()},
        re.compile(rf"\b(?:to|of|for) (?:[\w-]+ \()?({'|'.join(map(re.escape, made['regimen']['agents']))})\b"),
        tuple(
            (each["kind"], each["outcome"], each["event"], each["rule"], compiled(each["pattern"])) for each in made["outcome"]
        ),
        {name: {key: compiled(value) for key, value in made[name].items()} for name in _MODULES},
    )


def pattern(module: str, name: str) -> re.Pattern[str]:
    """A pattern of one module."""
    return lexicon().others[module][name]
