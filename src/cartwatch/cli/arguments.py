"""Command table: the declarations behind parsing, --help, shell completion and the docs."""

from __future__ import annotations

__all__ = ["COMMANDS", "GLOBAL", "Option", "Parsed", "Subcommand", "UsageError", "find_option", "help_text", "parse"]


class UsageError(Exception):
    """The command line is invalid; the message says what is wrong and what to write."""


class Option:
    """An option: `value` is the name of its value, None for a switch."""

    __slots__ = ("help", "long", "short", "value")

    def __init__(self, long: str, help: str, value: str | None = None, short: str | None = None) -> None:
        self.long = long
        self.help = help
        self.value = value
        self.short = short

    @property
    def shown(self) -> str:
        """Format an option as `-f, --file FILE`."""
        name = f"-{self.short}, --{self.long}" if self.short else f"    --{self.long}"
        return f"{name} {self.value}" if self.value else name


class Subcommand:
    """A command: `usage` shows its words, `least` and `most` limit their number; `module` runs it.

    A `hidden` command is for scripts of ours: no help, page or completion shows it.
    """

    __slots__ = ("examples", "help", "hidden", "least", "module", "most", "name", "options", "usage")

    def __init__(
        self,
        name: str,
        usage: str,
        help: str,
        options: tuple[Option, ...] = (),
        *,
        module: str,
        least: int = 0,
        most: int | None = 0,
        examples: tuple[tuple[str, str], ...] = (),
        hidden: bool = False,
    ) -> None:
        self.name = name
        self.hidden = hidden
        self.usage = usage
        self.help = help
        self.options = options
        self.module = module
        self.least = least
        self.most = most
        self.examples = examples


class Parsed:
    """A parsed command line; `command` None opens the app on the file among `words`, if any."""

    __slots__ = ("command", "options", "words")

    def __init__(self, command: Subcommand | None, options: dict[str, str], words: list[str]) -> None:
        self.command = command
        self.options = options
        self.words = words

    def has(self, long: str) -> bool:
        return long in self.options

    def get(self, long: str) -> str | None:
        return self.options.get(long)


GLOBAL = (
    Option("file", "use this watchlist instead of the default one", "FILE", "f"),
    Option("today", "use this day as today", "DATE"),
    Option("no-color", "no colours (so does NO_COLOR)"),
    Option("plain", "for a screen reader: one line after the other, words in place of signs, never the full-screen app"),
    Option("help", "show this help", short="h"),
    Option("version", "show the version", short="V"),
)
_JSON = Option("json", "print JSON, never truncated")
_AS_OF = Option("as-of", "what was known on that day, by the days that the facts carry", "DATE")
_CITE = Option("cite", "source of the fact: an id, or an address, which is added as a new source", "ID")
_ANEW = Option("anew", "begin a new list although the file is gone or empty and a backup has programs")
_OWN = Option("own", "the field is one of your own, unknown to cartwatch")
_DRY_RUN = Option("dry-run", "only show what would change")

COMMANDS: dict[str, Subcommand] = {
    each.name: each
    for each in (
        Subcommand(
            "next",
            "",
            "upcoming catalysts, in agenda order",
            (
                Option("within", "windows that overlap the coming days, as in 90d, 12w, 6m, 1y", "SPAN"),
                Option("due", "only windows that end in that span (90d, if --within is not given), and what is overdue"),
                Option("number", "at most this many", "N", "n"),
                Option("short", "for a shell prompt: program, event and countdown, and nothing where nothing is due"),
                _AS_OF,
                _JSON,
            ),
            module="cartwatch.cli.commands.next",
            examples=(
                ("cartwatch next --within 90d", "catalysts that may come in the next 90 days"),
                ("cartwatch next -n 1 --short", "one short line for a shell prompt"),
            ),
        ),
        Subcommand(
            "list",
            "[FILTER…]",
            "the table of programs",
            (
                Option("sort", "columns to sort by, as in phase,-countdown", "KEYS"),
                Option("columns", "columns to show, as in program,target,countdown; +key adds one, all shows all", "COLUMNS"),
                Option("view", "a view: agenda, safety, what recruits, unverified, my marks, or one of yours", "VIEW"),
                Option("group", "group by a column, as in sponsor, target, phase, tags", "COLUMN"),
                _AS_OF,
                _JSON,
            ),
            module="cartwatch.cli.commands.list",
            most=None,
            examples=(
                ("cartwatch list target:CD19 source:allo", "allogeneic programs against CD19"),
                ("cartwatch list open: --sort closes", "windows that are open, the first to close first"),
            ),
        ),
        Subcommand(
            "timeline",
            "[FILTER…]",
            "the windows of catalysts as bars over time",
            (
                Option("span", "how much time to show, as in 6m, 12m, 5y; an eighth of it lies before today", "SPAN"),
                Option("from", "the first day to show", "DATE"),
                Option("to", "the last day to show", "DATE"),
                Option("by", "one row per catalyst, or per program", "catalyst|program"),
                Option("moves", "every earlier guidance in a row of its own"),
                Option("sort", "columns to sort the programs by, as in phase,-countdown", "KEYS"),
                Option("width", "draw for so many columns", "N"),
                Option("ascii", "only ASCII signs"),
                Option("format", "text or svg; by default, from the name of the file", "text|svg"),
                Option("output", "write to a file, not to stdout", "FILE", "o"),
                Option("force", "overwrite an existing file"),
                _AS_OF,
                _JSON,
            ),
            module="cartwatch.cli.commands.timeline",
            most=None,
            examples=(
                ("cartwatch timeline target:CD19 --span 2y", "two years of the programs against CD19"),
                ("cartwatch timeline lifileucel --from 2020-01-01 --to 2023-12-31 --moves", "how guidance moved"),
                ("cartwatch timeline -o timeline.svg", "a picture for a slide"),
            ),
        ),
        Subcommand(
            "show",
            "PROGRAM",
            "one program, pane by pane",
            (Option("pane", "only these panes, as in safety,catalysts", "PANES"), _AS_OF, _JSON),
            module="cartwatch.cli.commands.show",
            least=1,
            most=None,
            examples=(("cartwatch show lasme", "an id, a name, an alias, or the beginning of one"),),
        ),
        Subcommand(
            "when",
            "PHRASE…",
            "how a date phrase is read as a window",
            (Option("said", "the day it was said", "DATE"), _JSON),
            module="cartwatch.cli.commands.when",
            least=1,
            most=None,
            examples=(('cartwatch when "mid-2027" "by year-end"', "each phrase with its days and its countdown"),),
        ),
        Subcommand(
            "check",
            "[FILE]",
            "errors, warnings and advice, with line and column",
            (
                Option("hook", "for pre-commit: any number of files, and nothing but their errors and warnings"),
                Option("advice", "list the advice too, not only its number"),
                Option("strict", "list advice, and exit with 1 for it too"),
                _JSON,
            ),
            module="cartwatch.cli.commands.check",
            most=None,
            examples=(
                ("cartwatch check --advice", "what could be better, too"),
                ("cartwatch check --hook list.toml other.toml", "as pre-commit calls it; exit 1 where there are errors"),
            ),
        ),
        Subcommand(
            "import",
            "SOURCE…",
            "import from other lists, tables and registry records",
            (
                _DRY_RUN,
                Option("theirs", "where both were edited, or yours is newer, take theirs"),
                Option("mine", "take only what your list lacks"),
                Option("partial", "leave out programs with errors instead of refusing the file"),
                Option("sheet", "the sheet of a workbook, by name or number; all: every one that holds programs", "SHEET"),
                _ANEW,
                _JSON,
            ),
            module="cartwatch.cli.commands.import_",
            least=1,
            most=None,
            examples=(
                ("cartwatch import colleague.toml --dry-run", "only show what would change"),
                ("cartwatch import table.csv record.json", "a table with a header, a saved registry record"),
                ("cartwatch import list.xlsx --sheet Tracker", "one sheet of a workbook (Excel, .ods)"),
                ("cartwatch import NCT04150497", "a program drafted from its registry record, or its trial refreshed"),
            ),
        ),
        Subcommand(
            "read",
            "SOURCE…",
            "read press releases, filings and abstracts into facts, each with its quote",
            (
                Option("said", "the day it was published, where the text does not say it plainly", "DATE"),
                Option("program", "the program that it is about, where it names none", "PROGRAM"),
                Option("source", "its title, as the source will have it", "TITLE"),
                Option("yes", "take what is ticked without asking", short="y"),
                _DRY_RUN,
                Option("explain", "show the rule behind each fact, and what was not read as a fact and why"),
                _ANEW,
                _JSON,
            ),
            module="cartwatch.cli.commands.read",
            least=1,
            most=None,
            examples=(
                ("cartwatch read release.html", "what it says about your programs; on a terminal it asks what to take"),
                ("pbpaste | cartwatch read - --dry-run --explain", "a text from the clipboard, with the reason for each line"),
                ("cartwatch read https://example.com/q3.htm --yes", "take only what is certain"),
            ),
        ),
        Subcommand(
            "add",
            "NAME [FIELD=VALUE…]",
            "add a program, or a record of one: PROGRAM catalyst FIELD=VALUE…",
            (_CITE, _OWN, _ANEW),
            module="cartwatch.cli.commands.edit",
            least=1,
            most=None,
            examples=(
                ('cartwatch add "CT-041" sponsor=CARsgen mechanism.targets=CLDN18.2', "a program with two of its facts"),
                ('cartwatch add lasme catalyst event="BLA filing" when="H1 2028"', "a catalyst of a program"),
            ),
        ),
        Subcommand(
            "set",
            "PROGRAM FIELD=VALUE…",
            "set facts of a program; an empty VALUE removes one",
            (_CITE, _OWN),
            module="cartwatch.cli.commands.edit",
            least=2,
            most=None,
            examples=(
                ('cartwatch set lasme phase="Phase 3" --cite pr-2027', "a fact and its source"),
                ("cartwatch set lasme catalyst.balli-01-interim.note=", "removes the note"),
                ("cartwatch set lasme tags='heme, allogeneic'", "a list; TOML works too, as in '[\"heme\"]'"),
            ),
        ),
        Subcommand(
            "rm",
            "PROGRAM [PATH]",
            "remove a program, or one of its facts or records",
            module="cartwatch.cli.commands.edit",
            least=1,
            most=2,
            examples=(("cartwatch rm lasme catalyst.balli-01-interim", "one catalyst"),),
        ),
        Subcommand(
            "move",
            "PROGRAM CATALYST WHEN",
            "record new guidance; the old goes to the ledger",
            (Option("said", "the day it was said", "DATE"), _CITE),
            module="cartwatch.cli.commands.edit",
            least=3,
            most=None,
            examples=(("cartwatch move lasme interim Q1 2027 --said 2026-11-20 --cite pr-q3", "CATALYST: its id or words"),),
        ),
        Subcommand(
            "resolve",
            "PROGRAM CATALYST OUTCOME",
            "record the outcome of a catalyst; an empty OUTCOME reopens it",
            (Option("on", "the day it happened", "DATE"), _CITE),
            module="cartwatch.cli.commands.edit",
            least=3,
            most=None,
            examples=(("cartwatch resolve lasme interim met --on 2026-12-07", "met, missed, mixed, approved, crl, withdrawn"),),
        ),
        Subcommand(
            "undo",
            "",
            "undo the last change, of the app or the command line",
            module="cartwatch.cli.commands.edit",
            examples=(("cartwatch undo", "twice: the change before it too"),),
        ),
        Subcommand(
            "sync",
            "[PROGRAM…]",
            "refresh linked trials from ClinicalTrials.gov, and show what changed",
            (
                _DRY_RUN,
                Option("safety", "instead: serious CRS, ICANS, neurotoxicity and GVHD in posted results, arm by arm"),
                Option("accept", "with --safety: accept these suggestions, as in 1,3, or all", "N"),
                _JSON,
            ),
            module="cartwatch.cli.commands.sync",
            most=None,
            examples=(
                ("cartwatch sync --dry-run", "only show what would change"),
                ("cartwatch sync lasme", "the trials of one program"),
                ("cartwatch sync --safety lasme --accept 2", "adds the serious events of one arm, with their source"),
            ),
        ),
        Subcommand(
            "changes",
            "[PROGRAM]",
            "what changed, newest first",
            (Option("since", "only changes since DATE; last-visit: since the app was last open", "DATE|last-visit"), _JSON),
            module="cartwatch.cli.commands.changes",
            most=None,
            examples=(
                ("cartwatch changes --since last-visit", "what is new since the app was last open"),
                ("cartwatch changes lasme --since 2026-11-01", "of one program"),
            ),
        ),
        Subcommand(
            "compare",
            "PROGRAM PROGRAM…",
            "programs side by side: rates by data set with n/N and 95 % intervals, and what forbids the comparison",
            (_JSON,),
            module="cartwatch.cli.commands.compare",
            least=2,
            most=8,
            examples=(("cartwatch compare axi-cel liso-cel tisa-cel", "two to eight programs"),),
        ),
        Subcommand(
            "slips",
            "[PROGRAM|SPONSOR]",
            "how guidance moved, by sponsor and program, and against what came",
            (_JSON,),
            module="cartwatch.cli.commands.slips",
            most=None,
            examples=(("cartwatch slips iovance", "the beginning of a sponsor's name, or of a program's"),),
        ),
        Subcommand(
            "reference",
            "[crs|icans|gvhd]",
            "the grades of CRS, ICANS and GVHD, with their sources: reference, not advice",
            module="cartwatch.cli.commands.reference",
            most=1,
            examples=(("cartwatch reference icans", "the grades of neurotoxicity"),),
        ),
        Subcommand(
            "backups",
            "",
            "the backups of the watchlist",
            (_JSON,),
            module="cartwatch.cli.commands.backups",
            examples=(("cartwatch backups", "numbered as `cartwatch restore` takes them"),),
        ),
        Subcommand(
            "restore",
            "N|latest",
            "restore a backup; this can be undone",
            (_DRY_RUN,),
            module="cartwatch.cli.commands.backups",
            least=1,
            most=1,
            examples=(("cartwatch restore latest --dry-run", "what would change"),),
        ),
        Subcommand(
            "export",
            "[FILTER…]",
            "write the list, or the programs that match a filter, for other applications and people",
            (
                Option("format", "toml, csv, xlsx, json, ics, md or html; by default, from the name of the file", "FORMAT"),
                Option("output", "write to a file, not to stdout", "FILE", "o"),
                Option("force", "overwrite an existing file"),
                Option("windows", "ics: an entry on the last day of a window, its span or both edges", "last|span|edges"),
                Option("rows", "csv: one row per program, or per catalyst", "programs|catalysts"),
            ),
            module="cartwatch.cli.commands.export",
            most=None,
            examples=(
                ("cartwatch export -o report.html", "a page to forward, to print or to read on a phone"),
                ("cartwatch export --format ics due:1y > due.ics", "what is due within a year, for a calendar"),
            ),
        ),
        Subcommand(
            "diff",
            "A [B]",
            "what changed from one watchlist file to another, or to yours",
            (_JSON,),
            module="cartwatch.cli.commands.diff",
            least=1,
            most=2,
            examples=(("git show HEAD:list.toml | cartwatch diff - list.toml", "what changed since the last commit"),),
        ),
        Subcommand(
            "merge",
            "[BASE] MINE [THEIRS]",
            "merge two edited copies of a watchlist; with MINE alone, both sides of the git conflict in it",
            (Option("output", "write to a file, not to stdout", "FILE", "o"),),
            module="cartwatch.cli.commands.merge",
            least=1,
            most=3,
            examples=(
                ("git config merge.cartwatch.driver 'cartwatch merge %O %A %B -o %A'", "git merges by field"),
                ("cartwatch merge list.toml", "both sides of the git conflict in it"),
            ),
        ),
        Subcommand(
            "digest",
            "",
            "a page of Markdown to forward: due, open, moved, new, unverified",
            (Option("since", "news since that day; by default, of the last 30 days", "DATE"),),
            module="cartwatch.cli.commands.digest",
            examples=(("cartwatch digest --since 2026-11-01 > november.md", "the news of a month"),),
        ),
        Subcommand(
            "git",
            "setup [FILE…]",
            "git merges and compares watchlists by program and field, in one repository",
            (
                Option("yes", "write without asking", short="y"),
                Option("remove", "take out again what setup wrote"),
            ),
            module="cartwatch.cli.commands.git",
            least=1,
            most=None,
            examples=(
                ("cartwatch git setup", "shows what it would write for your list, then asks"),
                ("cartwatch git setup 'lists/*.toml' --yes", "for a pattern, as in .gitattributes"),
                ("git difftool -y -t cartwatch HEAD~1", "what changed since, in the words of the field"),
                ("cartwatch git setup --remove", "as it was before"),
            ),
        ),
        Subcommand(
            "path",
            "",
            "where the files are",
            module="cartwatch.cli.commands.path",
            examples=(("cartwatch path -f list.toml", "the places of another watchlist"),),
        ),
        Subcommand(
            "doctor",
            "",
            "whether terminal, files, lock, backups and journal are in order",
            (Option("network", "try the registry too"),),
            module="cartwatch.cli.commands.doctor",
            examples=(("cartwatch doctor", "without the network; exit 1 where something is wrong"),),
        ),
        Subcommand(
            "completion",
            "bash|zsh|fish|tcsh",
            "a script that completes commands, options, programs, fields and values",
            module="cartwatch.cli.commands.completion",
            least=1,
            most=1,
            examples=(
                ("cartwatch completion bash > ~/.local/share/bash-completion/completions/cartwatch", "for bash"),
                ('cartwatch completion zsh > "${fpath[1]}/_cartwatch"', "for zsh"),
                ("cartwatch completion fish > ~/.config/fish/completions/cartwatch.fish", "for fish"),
                ("cartwatch completion tcsh >> ~/.tcshrc", "for tcsh"),
            ),
        ),
        Subcommand(
            "complete",
            "SHELL -- WORD…",
            "what may stand at the cursor of a command line",
            module="cartwatch.cli.commands.completion",
            least=1,
            most=None,
            hidden=True,
        ),
    )
}


def find_option(long: str | None = None, short: str | None = None, among: tuple[Option, ...] | None = None) -> Option | None:
    """Find an option by name, in `among` or, if None, in every command."""
    options = among if among is not None else (*GLOBAL, *(each for one in COMMANDS.values() for each in one.options))
    for each in options:
        if (long and each.long == long) or (short and each.short == short):
            return each
    return None


def parse(argv: list[str]) -> Parsed:
    """Parse a command line; options may come before or after the command. Raises UsageError."""
    options: dict[str, str] = {}
    words: list[str] = []
    command: Subcommand | None = None
    at = 0
    while at < len(argv):
        word = argv[at]
        at += 1
        if word == "--":
            words += argv[at:]
            break
        if word[:1] != "-" or word == "-":
            if command is None and not words and word in COMMANDS:
                command = COMMANDS[word]
            elif command is None and not words and word == "help":
                options["help"] = ""
            else:
                words.append(word)
            continue
        at = _option(argv, at, word, options, command)
    _belongs(command, options)
    if command is not None and "help" not in options and "version" not in options:
        _enough(command, words)
    return Parsed(command, options, words)


def _option(argv: list[str], at: int, word: str, options: dict[str, str], command: Subcommand | None) -> int:
    """Parse one option, with `at` the place after it; return the place after its value."""
    if word.startswith("--"):
        name, equals, value = word[2:].partition("=")
        found = find_option(long=name)
    else:
        name, value = word[1], word[2:]
        equals = value
        found = find_option(short=name)
    if found is None:
        raise UsageError(f"there is no option {word.partition('=')[0]}{_hint(name, _option_names(command), '--', command)}")
    if found.value is None:
        if equals:
            raise UsageError(f"--{found.long} takes no value")
        value = ""
    elif not equals:
        if at >= len(argv):
            raise UsageError(f"--{found.long} needs a value: --{found.long} {found.value}")
        value = argv[at]
        at += 1
    options[found.long] = value
    return at


def _belongs(command: Subcommand | None, options: dict[str, str]) -> None:
    known = (*GLOBAL, *command.options) if command else GLOBAL
    for name in options:
        if find_option(long=name, among=known) is None:
            takers = ", ".join(each.name for each in COMMANDS.values() if find_option(long=name, among=each.options))
            who = command.name if command else "the app"
            raise UsageError(f"{who} takes no --{name}, which is an option of {takers}")


def _enough(command: Subcommand, words: list[str]) -> None:
    if len(words) < command.least:
        raise UsageError(f"{command.name} needs {command.usage}")
    if command.most is not None and len(words) > command.most:
        raise UsageError(f'{command.name} takes {command.usage or "no words"}: "{words[command.most]}" is one too many')


def _option_names(command: Subcommand | None) -> list[str]:
    """Return the option names to suggest: those of the command, or of all commands."""
    commands = COMMANDS.values() if command is None else (command,)
    return [each.long for each in (*GLOBAL, *(each for one in commands for each in one.options))]


def _hint(word: str, known: list[str], prefix: str = "", command: Subcommand | None = None) -> str:
    from difflib import get_close_matches

    close = get_close_matches(word, known, n=1, cutoff=0.5)
    about = f"{command.name} " if command is not None else ""
    return f": did you mean {prefix}{close[0]}?" if close else f": see cartwatch {about}--help"


def unknown_command(word: str) -> UsageError:
    """Build the message for a word that is neither a command nor a file."""
    known = [each.name for each in COMMANDS.values() if not each.hidden]
    return UsageError(f'there is no command or file "{word}"{_hint(word, known)}')


def help_text(command: Subcommand | None = None) -> str:
    """Return the --help text of a command, or of cartwatch itself."""
    if command is None:
        rows = [(f"{each.name} {each.usage}".strip(), each.help) for each in COMMANDS.values() if not each.hidden]
        head = [
            "usage: cartwatch [FILE]                 open the app",
            "       cartwatch COMMAND [options]      run a command",
            "",
            "A watchlist of cell-therapy programs: what each is, how safe it looks, what comes next and how soon.",
            "",
        ]
        status = "Exit status: 0 done, 1 done with findings, 2 failed, 3 no network, 130 interrupted."
        tail = ["", "cartwatch COMMAND --help says more.", status]
        return "\n".join([*head, "commands", *_rows(rows), "", "options", *_option_rows(GLOBAL), *tail]) + "\n"
    usage = f"usage: cartwatch {command.name} {command.usage}".rstrip() + " [options]"
    out = [usage, "", f"{command.help[:1].upper()}{command.help[1:]}.", ""]
    if command.options:
        out += ["options", *_option_rows(command.options), ""]
    out += ["options of every command", *_option_rows(GLOBAL)]
    if command.examples:
        out += ["", "examples", *_rows(list(command.examples))]
    return "\n".join(out) + "\n"


def _option_rows(options: tuple[Option, ...]) -> list[str]:
    return _rows([(each.shown, each.help) for each in options])


def _rows(rows: list[tuple[str, str]]) -> list[str]:
    width = max(len(left) for left, _ in rows)
    return [f"  {left:<{width}}  {right}" for left, right in rows]
