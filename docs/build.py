"""Write the reference pages from the program itself: `python docs/build.py`; a test fails where they are out of date."""

from __future__ import annotations

from pathlib import Path

from cartwatch.app.commands import COMMANDS as KEYS
from cartwatch.app.commands import keys_page, shown_keys
from cartwatch.app.keymap import PRESETS, read_keymap
from cartwatch.app.palettes import COLOURS, LEAST, PALETTES
from cartwatch.cli.arguments import COMMANDS, GLOBAL, Option, help_text
from cartwatch.domain.fields import facts
from cartwatch.domain.program import root
from cartwatch.domain.vocabulary import VOCABULARIES
from cartwatch.domain.watchlist import Watchlist
from cartwatch.storage.settings import SETTINGS, TABLES

HERE = Path(__file__).resolve().parent
MADE = "<!-- Made by docs/build.py from the program itself: change it there. -->\n"
HOLDS = {
    "id": "a key: `[a-z0-9-]`",
    "text": "text, one line",
    "prose": "text, several lines, Markdown",
    "words": "a list of texts",
    "term": "a word",
    "link": "an address",
    "flag": "`true` or `false`",
    "count": "a whole number",
    "date": 'a date, or words (`"June 2026"`)',
    "guidance": 'a date phrase (`"Q4 2026"`), or a date',
    "until": "a date phrase, also after “into”, “to” or “through”, or a date",
    "rate": '`"n/N"` or `"2.4%"`',
    "rates": 'a table of rates: `{ tocilizumab = "12/40" }`',
    "cites": 'a source id, `{ id = "…", quote = "…" }`, or a list of them',
    "map": "a table: field path = source id, or an id with its quote",
    "record": "a table",
    "records": "tables, one an item",
}


def format_page() -> str:
    """The reference of the file's fields, in the order of their declaration."""
    out = [
        MADE,
        "# The fields of a watchlist file\n",
        "Only `name` of a program is required. A field that is absent shows as “not reported”, never as zero; a key that",
        "is not listed here is your own and is kept byte for byte.\n",
        "| at the top | holds | |",
        "| --- | --- | --- |",
        "| `schema` | a whole number | The version of the format; absent: 1. |",
        "| `title` | text, one line | The name of the list. |",
        "| `[[program]]` | tables, one a program | |",
        *(
            f"| `[[{key}]]` | tables, one a {each.record.record_kind.label} | {each.help} |"
            for key, each in facts(Watchlist).items()
        ),
    ]
    _table(out, root(), "[[program]]", "A program")
    for key, each in facts(Watchlist).items():
        assert each.record is not None
        _table(out, each.record, f"[[{key}]]", each.label)
    out.append("\n## Words\n")
    out.append("Any case and the usual synonyms are read; an unknown word is kept and shown; where the list is closed it is")
    out.append("warned about.\n")
    out += ["| list | words, in their order | |", "| --- | --- | --- |"]
    for name, each in sorted(VOCABULARIES.items()):
        out.append(f"| {name} | {', '.join(each.words)} | {'closed' if each.closed else 'open'} |")
    return "\n".join(out) + "\n"


def _table(out: list[str], record: type, header: str, title: str) -> None:
    out += [f"\n## {title}: `{header}`\n", "| key | holds | |", "| --- | --- | --- |"]
    inner = []
    prefix = header.strip("[]")
    for key, each in facts(record).items():
        holds = HOLDS[each.kind] + (f" of the list *{each.vocabulary}*" if each.vocabulary else "")
        words = each.help + (" Written by a registry refresh." if each.registry else "")
        out.append(f"| `{key}` | {holds} | {words} |")
        if each.record is not None:
            many = each.kind == "records"
            inner.append((each.record, f"[[{prefix}.{key}]]" if many else f"[{prefix}.{key}]", each.label))
    for kind, name, label in inner:
        _table(out, kind, name, label)


def commands_page() -> str:
    """What `--help` says, of the program and of every command."""
    out = [MADE, "# The command line\n", "```", help_text(None).rstrip(), "```"]
    for name, each in ((name, each) for name, each in COMMANDS.items() if not each.hidden):
        out += [f"\n## `cartwatch {name}`\n", "```", help_text(each).rstrip(), "```"]
    return "\n".join(out) + "\n"


MAN_HEAD = r""".\" Made by docs/build.py from the program itself: change it there.
.TH CARTWATCH 1 "" "cartwatch" "User Commands"
.SH NAME
cartwatch \- a terminal watchlist of cell-therapy programs
.SH SYNOPSIS
.B cartwatch
.RI [ FILE ]
.br
.B cartwatch
.I COMMAND
.RI [ options ]
.SH DESCRIPTION
What each program is, how safe it looks, what comes next and how soon, what changed, and where every fact comes from, in one TOML
file. Without a command the full-screen app opens; its
.B ?
key finds every key.
"""
MAN_TAIL = {
    "FILTER": "Words match any text of a program, FIELD:VALUE one field, as in target:CD19, due:90d, crs>=3:<5%; terms are and-ed, "
    "! before a term inverts it, | inside a term is or.",
    "EXIT STATUS": "0 done; 1 done, with findings; 2 could not be done, nothing was changed; 3 no network; 130 interrupted.",
    "ENVIRONMENT": "CARTWATCH_FILE the watchlist; CARTWATCH_CONFIG the settings; NO_COLOR no colours; ESCDELAY how long Esc "
    "waits for the rest of a key; VISUAL and EDITOR the editor.",
    "FILES": "`cartwatch path` prints the places of the watchlist, the settings, the backups and the journal.",
}


def man_page() -> str:
    """cartwatch(1), from the same declarations as --help."""
    out = [MAN_HEAD.rstrip(), ".SH OPTIONS OF EVERY COMMAND", *_man_options(GLOBAL), ".SH COMMANDS"]
    for each in (each for each in COMMANDS.values() if not each.hidden):
        title, words = f"cartwatch {each.name} {each.usage}".strip(), f"{each.help[:1].upper()}{each.help[1:]}."
        out += [f".SS {_roff(title)}", _roff(words)]
        out += _man_options(each.options)
        for code, words in each.examples:
            out += [".PP", f"{_roff(words[:1].upper() + words[1:])}:", ".br", f".B {_roff(code)}"]
    for title, words in MAN_TAIL.items():
        out += [f".SH {title}", _roff(words)]
    return "\n".join(out) + "\n"


def _man_options(options: tuple[Option, ...]) -> list[str]:
    return [line for each in options for line in (".TP", f".B {_roff(each.shown.strip())}", _roff(each.help))]


def _roff(text: str) -> str:
    """A text as roff reads it: nothing in it is a request, an escape or a typographic dash."""
    escaped = text.replace("\\", r"\e").replace("-", r"\-").replace('"', r"\(dq")
    return rf"\&{escaped}" if escaped[:1] in ".'" else escaped


def settings_page() -> str:
    """The reference of the settings file."""
    out = [
        MADE,
        "# Settings\n",
        "`config.toml` holds the settings; `cartwatch path` says where it is, and `,` in the app changes it: one line for one",
        "setting, with your comments kept. Most changes show at once. A setting that is wrong is told with its line and the",
        "nearest name, when the app starts and by `cartwatch doctor`; its default is taken and everything else counts.\n",
        "| setting | holds | default | |",
        "| --- | --- | --- | --- |",
    ]
    for each in SETTINGS:
        default = "" if each.default is None else f"`{each.default}`".lower()
        later = "" if each.live else " From the next start on."
        out.append(f"| `{each.key}` | {each.holds} | {default} | {each.help}{later} |")
    out += ["\n| table | |", "| --- | --- |", *(f"| `[{name}]` | {help} |" for name, help in TABLES.items())]
    out += [
        "\n```toml",
        'glyphs = "ascii"',
        "",
        "[keys]",
        'preset = "vim"',
        'undo = ["u", "ctrl+_"]',
        'timeline = "g l"              # a chord: g, then l',
        "",
        "[theme]",
        'use = "mine"                  # without a theme of your own: theme = "cartwatch-light" at the top',
        "",
        "[theme.mine]",
        'base = "cartwatch-dark"       # where to begin',
        'hue = "#e0b565"',
        "```",
        "\n## Keys\n",
        "The names of the commands stand in [keys.md](keys.md). A key is one character (`j`, `?`) or a name (`f5`, `ctrl+k`,",
        "`pagedown`, `space`, `comma`); a chord is two of them with a space between. The first key of a chord waits for the",
        "second without a time limit; the footer shows what can follow, and Esc gives it up. All keys are checked together: an",
        "unknown command, what is no key, two commands with one key in one place, a key that begins a chord of another command,",
        "and quit, help or the palette without a key are refused line by line; those commands keep the keys of the preset.",
    ]
    for name in PRESETS:
        if keymap := read_keymap({}, name)[0]:
            out += [f"\nThe preset `{name}`:\n", "| command | keys |", "| --- | --- |"]
            listed = [each for each in KEYS if each.id in keymap]
            out += [f"| `{each.id}`: {each.title} | `{'` `'.join(shown_keys(each, keymap))}` |" for each in listed]
    out += [
        "\n## Themes\n",
        f"`{'`, `'.join(each.name for each in PALETTES)}` are shipped: every text has a contrast of at least",
        f"{LEAST} to 1 on what is behind it. `terminal` sends the sixteen colours of the terminal's own palette.",
        "`auto` asks the terminal for its background (OSC 11, else `COLORFGBG`), follows it when it changes, and takes",
        "`terminal` where there are sixteen colours.\n",
        "A theme of your own names the shipped one it begins with (`base`), a `title`, and any of these colours; what is hard",
        "to read is told, with its contrast.\n",
        "| colour | where |",
        "| --- | --- |",
        *(f"| `{name}` | {help} |" for name, help in COLOURS.items()),
    ]
    return "\n".join(out) + "\n"


def pages() -> dict[str, str]:
    """Every generated page by its file name."""
    return {
        "format.md": format_page(),
        "commands.md": commands_page(),
        "keys.md": f"{MADE}\n{keys_page()}",
        "settings.md": settings_page(),
        "cartwatch.1": man_page(),
    }


def main() -> None:
    for name, text in pages().items():
        (HERE / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
