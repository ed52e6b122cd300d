"""Watchlists as many hands would write them, and random edits of them: what the property tests are made from."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

from cartwatch.document.edits import Add, Delete, Edit, Move, Set

WORDS = ["CAR-T", "αβ T", "# no comment", "[[program]]", "a = 1", "it's", 'say "x"', "", "CD19", "\u2028", "Q4 2026", "日本"]
PROSE = ["one\ntwo\n", '[[program]]\nname = "no"\n', "# heading\n\nend", 'quo"""tes\n', "back\\slash\n\ttab\n", "x\n'''\n"]


class Styled:
    """One random file: `text`, with numbered comments, and its `newline`."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.comments = 0
        self.newline = self.rng.choice(["\n", "\n", "\r\n"])
        self.bom = self.rng.random() < 0.1
        layout = self.rng.choice(["blocks"] * 7 + ["inline", "foreign", "foreign"])
        lines = self.head()
        if layout == "inline":
            lines += self.inline_programs()
        else:
            for _ in range(self.rng.randint(0, 4)):
                lines += self.program()
                if layout == "foreign" and self.rng.random() < 0.5:
                    lines += self.foreign()
        ends = [self.newline] * 9 + ["\n", "\r\n"] * (self.rng.random() < 0.1)
        text = "".join(line + self.rng.choice(ends) for line in "\n".join(lines).split("\n")).rstrip("\r\n")
        if self.rng.random() < 0.9:
            text += self.newline
        self.text = text

    @property
    def raw(self) -> bytes:
        return (b"\xef\xbb\xbf" if self.bom else b"") + self.text.encode()

    def maybe(self, chance: float) -> bool:
        return self.rng.random() < chance

    def comment(self) -> str:
        self.comments += 1
        return f"# c{self.comments}." + self.rng.choice(["", " [[program]]", ' "quoted', " = {", " αβ"])

    def gap(self) -> list[str]:
        """Blank lines and comment lines, or nothing."""
        out = []
        while self.maybe(0.25):
            out.append(self.rng.choice(["", self.indent() + self.comment(), "  "]))
        return out

    def indent(self) -> str:
        return self.rng.choice(["", "", "", "  ", "\t"])

    def key(self, name: str) -> str:
        if self.maybe(0.1):
            return self.rng.choice([f'"{name}"', f"'{name}'"])
        return name

    def string(self, value: str, block: bool = True) -> str:
        styles = ["basic"]
        if "'" not in value and "\n" not in value:
            styles.append("literal")
        if block and "'''" not in value and not value.endswith("'"):
            styles.append("literal block")
        if block:
            styles.append("block")
        style = self.rng.choice(styles)
        if style == "literal":
            return f"'{value}'"
        lead = "\n" if value.startswith("\n") or self.maybe(0.6) else ""
        if style == "literal block":
            return f"'''{lead}{value}'''"
        escaped = value.replace("\\", "\\\\")
        if style == "block":
            ending = self.rng.choice(["", "\\\n   "]) if lead else ""
            return '"""' + lead + escaped.replace('"', '\\"') + ending + '"""'
        return '"' + escaped.replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t") + '"'

    def scalar(self, block: bool = True) -> str:
        kind = self.rng.randint(0, 9)
        if kind < 5:
            return self.string(self.rng.choice(WORDS + (PROSE if block else [])), block)
        return self.rng.choice(
            [
                *["1", "0x1F", "1_000", "-7", "1.50", "1e3", "nan", "-inf", "true", "false", "2026-11-22", "07:32:00"],
                *["2026-11-22T09:00:00Z", "2026-11-22 09:00:00.5+02:00", "2026-11-22T09:00:00"],
            ]
        )

    def array(self, items: list[str]) -> str:
        if self.maybe(0.5):
            inner = self.rng.choice([", ", ",", " , "]).join(items)
            pad = self.rng.choice(["", "", " "])
            comma = "," if items and self.maybe(0.2) else ""
            return f"[{pad}{inner}{comma}{pad}]"
        out = "[" + self.rng.choice(["", "  " + self.comment()]) + "\n"
        for place, item in enumerate(items):
            if self.maybe(0.15):
                out += "  " + self.comment() + "\n"
            last = place + 1 == len(items)
            trail = self.rng.choice(["", "", "  " + self.comment()])
            comma = "" if last and self.maybe(0.4) else ","
            out += f"  {item}{comma}" + (trail + "\n" if not last or trail or self.maybe(0.8) else "")
            if self.maybe(0.1) and not last and out.endswith("\n") and not trail:
                out = out[:-1] + " "
        return out + "]"

    def inline(self, pairs: list[tuple[str, str]]) -> str:
        pad = self.rng.choice(["", " "])
        return "{" + pad + ", ".join(f"{self.key(k)} = {v}" for k, v in pairs) + pad + "}"

    def pair(self, key: str, value: str, indent: str = "") -> list[str]:
        equals = self.rng.choice([" = ", "=", "   = "])
        trail = "  " + self.comment() if self.maybe(0.2) else self.rng.choice(["", "", " "])
        return [*self.gap(), f"{indent}{key}{equals}{value}{trail}"]

    def value(self) -> str:
        kind = self.rng.randint(0, 5)
        if kind < 3:
            return self.scalar()
        if kind < 5:
            return self.array([self.scalar(False) for _ in range(self.rng.randint(0, 4))])
        return self.inline([("note", self.scalar(False)), ("of.two", self.scalar(False))][: self.rng.randint(0, 2)])

    def header(self, path: str, element: bool) -> list[str]:
        pad = self.rng.choice(["", "", "", " "])
        keys = ".".join(self.key(part) for part in path.split("."))
        text = f"[[{pad}{keys}{pad}]]" if element else f"[{pad}{keys}{pad}]"
        if self.maybe(0.1):
            text += "  " + self.comment()
        gap = [""] if self.maybe(0.8) else []
        return [*gap, *self.gap(), *([self.comment()] if self.maybe(0.3) else []), self.indent() + text]

    def head(self) -> list[str]:
        out = self.gap()
        if self.maybe(0.7):
            out += self.pair("schema", "1")
        if self.maybe(0.5):
            out += self.pair("title", self.scalar())
        if self.maybe(0.2):
            out += self.pair("my.own", self.value()) + self.pair("my.other", self.value())
        return out + (self.foreign() if self.maybe(0.2) else [])

    def foreign(self) -> list[str]:
        self.foreigns = getattr(self, "foreigns", 0) + 1
        name = f"x{self.foreigns}"
        out = self.header(name, False) + self.pair("k", self.value())
        if self.maybe(0.3):
            out += self.header(f"{name}.deep", True) + self.pair("k", self.value())
        return out

    def program(self) -> list[str]:
        out = self.header("program", True)
        indent = self.indent()
        keys = ["name", "phase", "tags", "notes", "checked", "mine"]
        self.rng.shuffle(keys)
        for key in keys[: self.rng.randint(0, 6)]:
            out += self.pair(self.key(key), self.value(), indent)
        parts = [self.mechanism, self.safety, self.catalysts, self.sources]
        self.rng.shuffle(parts)
        pairs: list[str] = []
        sections: list[str] = []
        for part in parts:
            before, after = part()
            pairs += before
            sections += after
        return out + pairs + sections + self.gap()

    def mechanism(self) -> tuple[list[str], list[str]]:
        keys = ["modality", "targets", "summary"][: self.rng.randint(0, 3)]
        style = self.rng.choice(["section", "dotted", "inline", "none"])
        if style == "inline":
            return self.pair("mechanism", self.inline([(k, self.scalar(False)) for k in keys])), []
        if style == "none":
            return [], []
        out = self.header("program.mechanism", False) if style == "section" else []
        before = "" if style == "section" else "mechanism" + self.rng.choice([".", " . "])
        for key in keys:
            out += self.pair(before + key, self.value())
        return ([], out) if style == "section" else (out, [])

    def safety(self) -> tuple[list[str], list[str]]:
        out: list[str] = []
        if self.maybe(0.4):
            out += self.header("program.safety", False) + self.pair("crs", self.inline([("note", '"x"')]))
        for _ in range(self.rng.randint(0, 2)):
            out += self.header("program.safety.report", True) + self.pair("n", "40") + self.pair("other", self.value())
        return [], out

    def catalysts(self) -> tuple[list[str], list[str]]:
        count = self.rng.randint(0, 3)
        if self.maybe(0.2):
            items = [self.inline([("event", self.scalar(False))]) for _ in range(count)]
            return self.pair("catalyst", self.array(items)), []
        out: list[str] = []
        for _ in range(count):
            out += self.header("program.catalyst", True)
            if self.maybe(0.9):
                out += self.pair("event", self.scalar()) + self.pair("when", '"Q4 2026"')
            if self.maybe(0.4):
                items = [self.inline([("when", self.scalar(False)), ("said", "2026-01-01")]) for _ in range(2)]
                out += self.pair("move", self.array(items))
            if self.maybe(0.1):
                out += self.header("program.catalyst.extra", False) + self.pair("k", self.value())
        return [], out

    def sources(self) -> tuple[list[str], list[str]]:
        out: list[str] = []
        for _ in range(self.rng.randint(0, 2)):
            out += self.header("program.source", True) + self.pair("id", self.scalar())
        return [], out

    def inline_programs(self) -> list[str]:
        items = []
        for place in range(self.rng.randint(0, 3)):
            pairs = [("name", f'"p{place}"'), ("phase", self.scalar(False)), ("tags", '["a", "b"]')]
            items.append(self.inline(pairs[: self.rng.randint(0, 3)]))
        return self.pair("program", self.array(items))


SCALARS: list[Any] = [
    *["Q1 2027", "plain", 'it\'s "both"', "C:\\new", "", "αβ", "[[program]]", "two\nlines\n", "cr\r\nlf", "tab\t\x00\x7f"],
    *[0, -5, 2**62, 1.0, 1e300, float("nan"), True, False, dt.date(2027, 1, 31), dt.time(7, 30)],
    *[dt.datetime(2027, 1, 31, 9, 0), dt.datetime(2027, 1, 31, 9, 0, tzinfo=dt.UTC)],
    *[dt.datetime(2027, 1, 31, 9, 0, 1, 500, tzinfo=dt.timezone(dt.timedelta(hours=-5, minutes=-30)))],
]


def some_value(rng: random.Random, depth: int = 0) -> Any:
    kind = rng.randint(0, 9)
    if kind < 7 or depth > 2:
        return rng.choice(SCALARS)
    if kind == 7:
        return [some_value(rng, depth + 1) for _ in range(rng.randint(0, 3))]
    if kind == 8:
        return {rng.choice(["a", "b c", "note"]): some_value(rng, depth + 1) for _ in range(rng.randint(0, 3))}
    return [{"when": rng.choice(SCALARS), "x": some_value(rng, depth + 1)} for _ in range(rng.randint(0, 2))]


def paths(value: Any, above: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    out = [above] if above else []
    if isinstance(value, dict):
        for key, item in value.items():
            out += paths(item, (*above, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            out += paths(item, (*above, index))
    return out


def value_at(data: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        data = data[step]
    return data


def some_edit(rng: random.Random, data: dict[str, Any]) -> Edit:
    """An edit that plain data accepts."""
    known = paths(data)
    kind = rng.randint(0, 9)
    tables = [(), *(path for path in known if isinstance(value_at(data, path), dict))]
    lists = [path for path in known if isinstance(value_at(data, path), list)]
    if kind < 3 and known:
        path = rng.choice(known)
        old = value_at(data, path)
        if isinstance(old, dict):
            new = {**old, "added": rng.choice(SCALARS)}
            new.pop(rng.choice([*old, "added"]))
            return Set(path, new)
        if isinstance(old, list) and old and rng.random() < 0.7:
            return Set(path, rng.sample(old, rng.randint(0, len(old))))
        if path == ("program",) or (len(path) == 2 and path[0] == "program"):
            return Set(path, old)
        return Set(path, some_value(rng))
    if kind < 5:
        key = rng.choice(["phase", "mechanism", "safety", "catalyst", "note", "odd key", "cite", "source"])
        path = (*rng.choice(tables), key)
        if key not in value_at(data, path[:-1]):
            return Set(path, some_value(rng))
        return Set((*path[:-1], "fresh", "deep"), rng.choice(SCALARS)) if rng.random() < 0.3 else Delete(path)
    if kind < 7 and known:
        return Delete(rng.choice(known))
    if kind == 7 and lists:
        path = rng.choice(lists)
        items = value_at(data, path)
        value = {"event": rng.choice(SCALARS)} if items and isinstance(items[0], dict) else rng.choice(SCALARS)
        if path == ("program",):
            value = {"name": "new", "mechanism": {"modality": "NK"}, "catalyst": [{"event": "x", "when": "2027"}]}
        return Add(path, value, rng.choice([None, rng.randint(0, len(items))]))
    if kind == 8:
        parents = [path for path in tables if path[:1] == ("program",)]
        if parents:
            parent = rng.choice(parents)
            key = rng.choice(["catalyst", "designation", "move", "tags"])
            if isinstance(value_at(data, parent).get(key, []), list):
                return Add((*parent, key), {"event": "y", "when": dt.date(2027, 1, 1)} if key != "tags" else "t")
        return Add(("program",), {"name": "another"}) if isinstance(data.get("program", []), list) else Set(("q",), 1)
    several = [path for path in lists if value_at(data, path)]
    if several:
        path = rng.choice(several)
        size = len(value_at(data, path))
        return Move((*path, rng.randrange(size)), rng.randrange(size))
    return Set(("schema",), 1)
