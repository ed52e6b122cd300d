"""Command table: keys, footer, palette, help and documentation of the app come from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from textual.binding import BindingType

__all__ = [
    "COMMANDS",
    "CONTEXTS",
    "CONTROLLERS",
    "GROUPS",
    "Command",
    "bindings",
    "command",
    "key_names",
    "key_of",
    "keys_page",
    "shown_keys",
    "textual_keys",
]

# Where a command's keys work, the focused widget first; "main" are the keys of the whole main screen.
CONTEXTS = {
    "table": "the table",
    "detail": "the detail",
    "list": "menus",
    "choices": "menus to choose from",
    "main": "the main screen",
    "filter": "the filter line",
    "sort": "the sort menu",
    "columns": "the column chooser",
    "states": "the welcome and the unreadable file",
    "welcome": "the welcome",
    "line": "the edit line",
    "form": "forms",
    "text": "the text editor",
    "ask": "questions",
    "changes": "the list of changes",
    "source": "the source of an import",
    "timeline": "the timeline",
    "preview": "the preview of a proposal",
    "page": "pages",
    "path": "lines for a path",
    "settings": "the settings",
    "typed": "lines for a setting",
    "dialog": "dialogs",
    "everywhere": "everywhere but in dialogs",
}
GROUPS = (
    "Move",
    "Panes",
    "Find",
    "Program",
    "Edit",
    "Edit line",
    "Form",
    "Text",
    "Sort menu",
    "Columns",
    "Timeline",
    "Import",
    "File",
    "Settings",
    "App",
)

CONTROLLERS = ("commit", "compare", "edit", "exchange", "find", "history", "links", "pictures", "registry", "saved_views")


@dataclass(frozen=True, slots=True)
class Command:
    """A command of the app.

    `keys` are Textual's key names, by default none (then the command is in the palette only). `where` are CONTEXTS; `action`
    is run on the nearest widget or screen that has it; "find.sort" is the method `sort` of the main screen's controller
    `find`. `footer` is its word in the footer, "" for none. `needs` names the condition of its availability: see needs.py.
    """

    id: str
    title: str
    help: str
    group: str
    where: tuple[str, ...]
    action: str
    keys: tuple[str, ...] = ()
    footer: str = ""
    needs: str = ""
    palette: bool = True

    @property
    def handed(self) -> bool:
        """Whether a controller of the main screen runs it."""
        return self.action.partition(".")[0] in CONTROLLERS

    @property
    def bound(self) -> str:
        """Action that its keys are bound to."""
        return f"screen.command({self.id!r})" if self.handed else self.action


_LISTS = ("table", "detail", "list")
_MAIN = ("main",)


def _move(id: str, title: str, help: str, action: str, *keys: str, footer: str = "") -> Command:
    return Command(id, title, help, "Move", _LISTS, action, keys, footer, palette=False)


def _answer(number: int) -> Command:
    return Command(
        f"preview_answer_{number}", f"Program {number}", "Say that a statement is about the program of this number.", "Import",
        ("preview",), f"screen.answer({number})", (str(number),), palette=False,
    )  # fmt: skip


def _pane(number: int, title: str) -> Command:
    return Command(
        f"pane_{title.lower()}", title, f"Show the {title.lower()} of the program.", "Panes", _MAIN, f"pane({number})",
        (str(number),), needs="program",
    )  # fmt: skip


COMMANDS: tuple[Command, ...] = (
    _move("down", "Down", "Go to the next line.", "cursor(1)", "j", "down"),
    _move("up", "Up", "Go to the previous line.", "cursor(-1)", "k", "up"),
    _move("page_down", "Page down", "Go down by a screen.", "page(1)", "pagedown"),
    _move("page_up", "Page up", "Go up by a screen.", "page(-1)", "pageup"),
    _move("half_down", "Half a page down", "Go down by half a screen.", "half(1)", "ctrl+d"),
    _move("half_up", "Half a page up", "Go up by half a screen.", "half(-1)", "ctrl+u"),
    _move("first", "First", "Go to the first line.", "edge(-1)", "g", "home"),
    _move("last", "Last", "Go to the last line.", "edge(1)", "G", "end"),
    Command(
        "scroll_right", "Columns to the right", "Scroll the table to the columns out of view.", "Move", ("table",),
        "sideways(1)", (">", "shift+right"), palette=False,
    ),
    Command(
        "scroll_left", "Columns to the left", "Scroll the table back.", "Move", ("table",),
        "sideways(-1)", ("<", "shift+left"), palette=False,
    ),
    Command(
        "next_program", "Next program", "Show the next program, from within the detail.", "Move", _MAIN,
        "program(1)", ("J",), palette=False,
    ),
    Command(
        "previous_program", "Previous program", "Show the previous program, from within the detail.", "Move", _MAIN,
        "program(-1)", ("K",), palette=False,
    ),
    Command(
        "open", "Open", "Go into the detail of the program.", "Panes", ("table",), "activate", ("enter",), "open",
        needs="program", palette=False,
    ),
    Command("choose", "Choose", "Choose the entry under the cursor.", "Move", ("choices",), "activate", ("enter",), "choose",
            palette=False),
    Command("back", "Back", "Go back one level: to the table, then out of the filter.", "Panes", _MAIN, "back", ("escape",),
            "back", needs="back", palette=False),
    Command("to_detail", "To the detail", "Go from the table to the detail.", "Panes", ("table",), "screen.other_side",
            ("tab", "shift+tab"), "detail", needs="program", palette=False),
    Command("to_table", "To the table", "Go from the detail to the table.", "Panes", ("detail",), "screen.other_side",
            ("tab", "shift+tab"), "table", palette=False),
    Command("pane_next", "Next pane", "Show the next pane of the program.", "Panes", _MAIN, "pane_by(1)",
            ("l", "right", "]"), needs="program", palette=False),
    Command("pane_previous", "Previous pane", "Show the previous pane.", "Panes", _MAIN, "pane_by(-1)",
            ("h", "left", "["), needs="program", palette=False),
    _pane(1, "Overview"),
    _pane(2, "Mechanism"),
    _pane(3, "Safety"),
    _pane(4, "Catalysts"),
    _pane(5, "Trials"),
    _pane(6, "Sources"),
    _pane(7, "Notes"),
    _pane(8, "History"),
    Command("edit", "Edit", "Edit the fact under the cursor in a line, or the record in a form.",
            "Edit", _MAIN, "edit.edit",
            ("e",), "edit", needs="edit"),
    Command("add_program", "Add a program", "Add a program to the list.", "Edit", ("table", "welcome"), "edit.add_program",
            ("a",), "add", needs="write"),
    Command("add_here", "Add to this pane", "Add a record of the kind that the pane shows.", "Edit", ("detail",),
            "edit.add_here", ("a",), "add", needs="add"),
    Command("guidance", "New guidance", "Record new guidance for a catalyst; the old guidance goes to the ledger.",
            "Edit", _MAIN, "edit.guidance", ("w",), "when", needs="catalyst"),
    Command("undo", "Undo", "Undo the last change.", "Edit", _MAIN, "commit.undo", ("u",), "undo", needs="undo"),
    Command("filter", "Filter", "Show only the programs that match: words, or fields as in phase:2, target:CD19, due:90d.",
            "Find", _MAIN, "find.type_filter", ("/",), "filter"),
    Command("filter_keep", "Keep the filter", "Go back to the table with the filter on.", "Find", ("filter",), "keep",
            ("enter", "down"), "keep", palette=False),
    Command("filter_complete", "Complete", "Take the completion behind the cursor: a field, or a value of the list.", "Find",
            ("filter",), "complete", ("tab",), "complete", palette=False),
    Command("filter_clear", "Clear the filter", "Show all programs again.", "Find", ("filter",), "clear", ("escape",),
            "all programs", palette=False),
    Command("next_match", "Next match", "Go to the next program that matches the last filter.", "Find", _MAIN, "find.match(1)",
            ("n",), needs="query"),
    Command("previous_match", "Previous match", "Go to the previous match.",
            "Find", _MAIN, "find.match(-1)", ("N",), needs="query"),
    Command("sort", "Sort", "Choose the sort order of the table.", "Find", _MAIN, "find.sort", ("S",), "sort"),
    Command("views", "Views", "Choose a view: its filter, columns, order and groups; or save the present one.",
            "Find", _MAIN, "saved_views.choose", ("v",), "views"),
    Command("views_reset", "Usual view", "Back to the usual columns and order, without filter and groups.",
            "Find", _MAIN, "saved_views.reset"),
    Command("columns", "Columns", "Show, hide and move the columns of the table.",
            "Find", _MAIN, "find.columns", ("C",), "columns"),
    Command("problems", "Problems", "List errors, warnings and advice; Enter goes to the program.",
            "Find", _MAIN, "find.problems",
            ("!",)),
    Command("timeline_choose", "To the program", "Go to the catalyst in its program.", "Timeline", ("timeline",), "activate",
            ("enter",), "to its program", palette=False),
    Command("timeline_later", "Later", "Scroll to later days.", "Timeline", ("timeline",), "scroll(1)",
            ("l", "right"), "later", palette=False),
    Command("timeline_earlier", "Earlier", "Scroll to earlier days.", "Timeline", ("timeline",), "scroll(-1)",
            ("h", "left"), "earlier", palette=False),
    Command("timeline_closer", "Less time", "Show less time, down to three months.", "Timeline", ("timeline",), "zoom(-1)",
            ("+", "="), "closer", palette=False),
    Command("timeline_wider", "More time", "Show more time, up to five years.", "Timeline", ("timeline",), "zoom(1)",
            ("-",), "wider", palette=False),
    Command("timeline_today", "Today", "Go back to today.", "Timeline", ("timeline",), "today",
            ("0", "t"), "today", palette=False),
    Command("timeline_moves", "Earlier guidance", "Show every earlier guidance in a row of its own; again: no longer.",
            "Timeline", ("timeline",), "moves", ("m",), "moves", palette=False),
    Command("timeline_by", "By program", "Show a row per program; again: a row per catalyst.", "Timeline", ("timeline",), "by",
            ("b",), "by program", palette=False),
    Command("refresh", "Refresh from the registry",
            "Ask ClinicalTrials.gov about the linked trials, of marked programs or all; again: stop.",
            "File", _MAIN, "registry.refresh",
            ("R",), needs="registry"),
    Command("safety_results", "Serious events from the registry",
            "Suggest serious CRS, ICANS, neurotoxicity and GVHD from posted results for the Safety pane.", "Program",
            _MAIN, "registry.safety_results", ("F",), needs="results"),
    Command("changes", "Changes", "List the changes since you last marked them as read.",
            "Find", _MAIN, "history.changes", ("D",),
            needs="journal"),
    Command("fact_history", "History", "List every change of the fact under the cursor; in the table, of the program.", "Find",
            _MAIN, "history.fact", ("H",), needs="history"),
    Command("changes_read", "Mark as read", "Mark the listed changes as read; next time only later ones are listed.", "Find",
            ("changes",), "screen.read", ("r",), "mark as read", palette=False),
    Command("mark", "Mark", "Mark the program, or unmark it.", "Program", _MAIN, "find.mark", ("space",), "mark",
            needs="program"),
    Command("mark_all", "Mark all shown", "Mark every program shown; where all are marked, unmark them.", "Program",
            _MAIN, "find.mark_all", ("*",), needs="program"),
    Command("compare", "Compare", "Set two to eight programs side by side: the marked ones, or those shown.", "Program", _MAIN,
            "compare.compare", ("c",), needs="compare"),
    Command("slips", "Slips", "Show how guidance moved, by sponsor and program, and against what came.", "Program", _MAIN,
            "compare.slips", ("L",), needs="program"),
    Command("reference", "Reference cards", "Show the grades of CRS, ICANS and GVHD: reference, not advice.", "Program", _MAIN,
            "compare.reference", ("d",)),
    Command("page_next", "Next section", "Go to the next section of the page.", "Panes", ("page",), "screen.section(1)",
            ("tab", "l", "right", "]"), "next section", palette=False),
    Command("page_previous", "Previous section", "Go to the section before.", "Panes", ("page",), "screen.section(-1)",
            ("shift+tab", "h", "left", "["), palette=False),
    Command("page_copy", "Copy the page", "Send the whole page as text to the terminal's clipboard.", "Program", ("page",),
            "screen.copy", ("y",), "copy", palette=False),
    Command("add_catalyst", "Add a catalyst", "Add a catalyst to the program.", "Edit", _MAIN, "edit.add_catalyst", ("A",),
            needs="edit one"),
    Command("resolve", "Resolve", "Record the outcome of a catalyst.", "Edit", _MAIN, "edit.resolve", ("r",),
            needs="catalyst"),
    Command("memo", "Memo", "Write the notes of the program.", "Edit", _MAIN, "edit.memo", ("m",), needs="edit one"),
    Command("tags", "Tags", "Change the tags of the program, or of all that are marked.", "Edit", _MAIN, "edit.tags", ("t",),
            needs="edit"),
    Command("source", "Source", "Name the source of the fact under the cursor.",
            "Edit", _MAIN, "edit.source", ("s",),
            "source", needs="source"),
    Command("verify", "Read today", "Record that you checked the source today; in the table: the whole record.",
            "Edit", _MAIN, "edit.verify", ("V",), needs="edit"),
    Command("pin", "Pin", "Pin the program to the top, or unpin it; with marks, all of them.", "Edit", _MAIN, "edit.pin",
            ("p",), needs="edit"),
    Command("delete", "Delete", "Delete the program or the record under the cursor, after asking.", "Edit", _MAIN,
            "edit.delete", ("x",), needs="edit"),
    Command("edit_text", "Edit as text", "Change the text of the program in $VISUAL or $EDITOR.",
            "Edit", _MAIN, "edit.edit_text",
            ("E",), needs="edit one"),
    Command("redo", "Redo", "Redo the last undone change.", "Edit", _MAIN, "commit.redo", ("ctrl+r",),
            needs="redo"),
    Command("line_save", "Save", "Save the typed text.", "Edit line", ("line",), "edit.line_keep",
            ("enter", "f2", "ctrl+s"), "save", palette=False),
    Command("line_complete", "Complete", "Take the next choice; again: the one after it.", "Edit line", ("line",),
            "edit.line_complete(1)", ("tab", "down", "ctrl+space", "ctrl+@"), "choices", palette=False),
    Command("line_complete_back", "Complete back", "Take the previous choice.", "Edit line", ("line",),
            "edit.line_complete(-1)", ("shift+tab", "up"), palette=False),
    Command("line_leave", "Leave", "Leave the line; the typed text is kept as a draft.",
            "Edit line", ("line",), "edit.line_leave", ("escape",), "leave", palette=False),
    Command("line_keep_source", "Confirm the source", "Say that the old source stands behind the new value too.", "Edit line",
            ("line",), "edit.line_keep_source", ("f6",), palette=False),
    Command("line_source", "Name a source", "Name the source of the new value.", "Edit line", ("line",),
            "edit.line_source", ("f7",), palette=False),
    Command("form_save", "Save", "Write the whole form as one change.", "Form", ("form",), "screen.save",
            ("ctrl+s", "f2", "ctrl+enter", "ctrl+j"), "save", palette=False),
    Command("form_next", "Next field", "Go to the next field.", "Form", ("form",), "screen.row(1)",
            ("tab",), "next", palette=False),
    Command("form_enter", "Next, or open", "Go to the next field; in a longer text: open it.", "Form", ("form",),
            "screen.enter", ("enter",), palette=False),
    Command("form_leave", "Leave", "Leave the form; you are asked what to do with unsaved changes.", "Form",
            ("form",), "screen.leave", ("escape",), "leave", palette=False),
    Command("form_previous", "Previous field", "Go to the previous field.", "Form", ("form",), "screen.row(-1)",
            ("shift+tab",), palette=False),
    Command("form_down", "Field below", "Go to the field below; while you type: take the next choice.", "Form", ("form",),
            "screen.below(1)", ("down",), palette=False),
    Command("form_up", "Field above", "Go to the field above; while you type: take the previous choice.", "Form", ("form",),
            "screen.below(-1)", ("up",), palette=False),
    Command("form_page_down", "Fields further down", "Go down by eight fields.", "Form", ("form",), "screen.row(8)",
            ("pagedown",), palette=False),
    Command("form_page_up", "Fields further up", "Go up by eight fields.", "Form", ("form",), "screen.row(-8)",
            ("pageup",), palette=False),
    Command("form_complete", "Complete", "Take the next choice; again: the one after it.", "Form", ("form",),
            "screen.complete(1)", ("ctrl+space", "ctrl+@"), "choices", palette=False),
    Command("form_original", "As in the file", "Reset the field to the value in the file; again: all fields.", "Form",
            ("form",), "screen.original", ("f4",), "as before", palette=False),
    Command("form_keep_source", "Confirm the source", "Say that the old source stands behind the new value too.", "Form",
            ("form",), "screen.keep_source", ("f6",), palette=False),
    Command("form_source", "Name a source", "Name the source of the new value.", "Form", ("form",), "screen.source",
            ("f7",), palette=False),
    Command("text_save", "Save", "Keep the text.", "Text", ("text",), "screen.save",
            ("ctrl+s", "f2", "ctrl+enter", "ctrl+j"), "save", palette=False),
    Command("text_leave", "Leave", "Leave the text; you are asked what to do with unsaved changes.", "Text", ("text",),
            "screen.leave", ("escape",), "leave, or save", palette=False),
    Command("ask_yes", "Yes", "Do it.", "Edit", ("ask",), "screen.answer(True)", ("y",), "yes", palette=False),
    Command("ask_no", "No", "Leave everything as it is.", "Edit", ("ask",), "screen.answer(False)",
            ("n", "escape", "enter"), "no", palette=False),
    Command("open_link", "Open the link", "Open the web address under the cursor in the browser, after asking.",
            "Program", _MAIN, "links.open", ("o",), "link", needs="link"),
    Command("copy", "Copy", "Send the program's name, or the line under the cursor, to the clipboard; a file keeps it too.",
            "Program", _MAIN, "links.copy", ("y",), needs="program"),
    Command("sort_only", "Sort by this alone", "Sort by the column; again: the other way round.", "Sort menu", ("sort",),
            "only", ("enter",), "sort by it", palette=False),
    Command("sort_also", "Sort by this too", "Add the column as a further key; again: the other way round, then off.",
            "Sort menu", ("sort",), "also", ("space",), "as a further key", palette=False),
    Command("sort_group", "Group by this", "Bring programs with the same value together; again: no groups.",
            "Sort menu", ("sort",), "group", ("b",), "group by it", palette=False),
    Command("sort_agenda", "Agenda order", "Back to agenda order: next catalyst first.", "Sort menu", ("sort",),
            "agenda", ("0",), "agenda", palette=False),
    Command("columns_show", "Show or hide", "Show the column, or hide it.", "Columns", ("columns",), "show_or_hide",
            ("space", "enter"), "show or hide", palette=False),
    Command("columns_earlier", "Move up", "Move the column to the left in the table.", "Columns", ("columns",), "shift(-1)",
            ("K", "shift+up"), "move up", palette=False),
    Command("columns_later", "Move down", "Move the column to the right in the table.", "Columns", ("columns",), "shift(1)",
            ("J", "shift+down"), "move down", palette=False),
    Command("columns_default", "Usual columns", "Back to the default columns.", "Columns", ("columns",), "usual",
            ("0",), "the usual", palette=False),
    Command("list_title", "Name of the list", "Change the title of the list in reports and exports.", "File", _MAIN,
            "edit.list_title", needs="write"),
    Command("reload", "Reload", "Read the file again from disk.", "File", ("main", "states"), "reload", ("f5",)),
    Command("backups", "Backups", "Show the changes since each backup, and restore one.", "File", ("main", "states"),
            "app.backups"),
    Command("save_copy", "Save a copy", "Write the list to another file; never overwrites one.", "File", _MAIN,
            "app.save_copy"),
    Command("merge_copies", "Merge a conflict", "Merge both sides of a git conflict, or the copy that a sync tool left.",
            "File", _MAIN, "app.merge_copies", needs="write"),
    Command("import", "Import", "Import from a list, a table, the registry or a press release, after a preview.",
            "File", ("main", "welcome"), "exchange.import_from", ("i",), "import", needs="write"),
    Command("export", "Export", "Write the marked programs, those shown or all to a file: list, table, calendar, report.",
            "File", _MAIN, "exchange.export", ("X",), needs="program"),
    Command("path_take", "Take the path", "Go on with this path.", "File", ("path",), "screen.path_take",
            ("enter", "f2", "ctrl+s"), "go on", palette=False),
    Command("path_complete", "Complete", "Take the next directory entry, or the next recent path.", "File", ("path",),
            "screen.path_complete(1)", ("tab", "down", "ctrl+space", "ctrl+@"), "complete", palette=False),
    Command("path_complete_back", "Complete back", "Take the previous entry.", "File", ("path",), "screen.path_complete(-1)",
            ("shift+tab", "up"), palette=False),
    Command("source_editor", "In the editor", "Write or paste a long text in $EDITOR; what it states is then shown.", "File",
            ("source",), "screen.editor", ("ctrl+t",), "text in $EDITOR", palette=False),
    Command("preview_take", "Take these", "Accept the ticked entries, as one step that can be undone.", "Import", ("preview",),
            "screen.take", ("f2", "ctrl+s"), "take what is ticked", palette=False),
    Command("preview_other", "Take or leave", "Tick or untick the line under the cursor.", "Import", ("preview",),
            "screen.other", ("space", "enter"), "tick", palette=False),
    Command("preview_side", "Programs or facts", "Go to the facts of the program, and back.", "Import", ("preview",),
            "screen.other_side", ("tab", "shift+tab", "l", "right", "h", "left"), "facts", palette=False),
    Command("preview_all", "All", "Tick everything but conflicts; again: nothing.", "Import", ("preview",), "screen.all",
            ("a",), "all", palette=False),
    Command("preview_theirs", "Theirs", "Take the fact under the cursor; among the programs: every fact of the program.",
            "Import", ("preview",), "screen.here(True)", ("t",), "theirs", palette=False),
    Command("preview_mine", "Mine", "Leave the fact under the cursor as it is; among the programs: the whole program.",
            "Import", ("preview",), "screen.here(False)", ("m",), "mine", palette=False),
    Command("preview_program_theirs", "All of the program", "Take every fact of the program.", "Import", ("preview",),
            "screen.side(True)", ("T",), palette=False),
    Command("preview_program_mine", "Nothing of the program", "Leave the program as it is.", "Import", ("preview",),
            "screen.side(False)", ("M",), palette=False),
    Command("preview_every_theirs", "Theirs in all conflicts", "Take theirs wherever both were changed.", "Import",
            ("preview",), "screen.every_conflict(True)", (">",), palette=False),
    Command("preview_every_mine", "Mine in all conflicts", "Keep mine wherever both were changed.", "Import", ("preview",),
            "screen.every_conflict(False)", ("<",), palette=False),
    *(_answer(number) for number in range(1, 10)),
    Command("preview_answer_other", "Another program", "Say which program of the list a statement is about.", "Import",
            ("preview",), "screen.answer_other", ("p",), palette=False),
    Command("preview_answer_new", "A new program", "Say that a statement is about a program that is not in the list.",
            "Import", ("preview",), "screen.answer_new", ("n",), palette=False),
    Command("preview_back", "Back", "Go back to the programs, then leave without taking anything.", "Import", ("preview",),
            "screen.back", ("escape",), "back", palette=False),
    Command("settings_change", "Change", "Switch the setting, choose its value or type it.", "Settings", ("settings",),
            "screen.change", ("enter", "space"), "change", palette=False),
    Command("settings_usual", "The usual", "Set the setting back to its default.", "Settings", ("settings",), "screen.usual",
            ("0",), "the usual", palette=False),
    Command("typed_keep", "Take", "Take the typed text.", "Settings", ("typed",), "screen.keep",
            ("enter", "f2", "ctrl+s"), "take", palette=False),
    Command("suspend", "Suspend", "Go back to the shell; fg comes back.", "App", ("everywhere",), "suspend_process",
            ("ctrl+z",)),
    Command("settings", "Settings", "Change the theme, signs, motion and keys; they are kept in the settings file.", "App",
            ("everywhere",), "settings", ("comma",)),
    Command("theme", "Theme", "Choose the colours.", "App", ("everywhere",), "choose_theme"),
    Command("glyphs", "ASCII signs", "Switch between ASCII and the usual signs.", "App", _MAIN, "app.signs"),
    Command("palette", "Commands", "Find a command by its name and run it.", "App", ("everywhere",), "palette",
            (":", "ctrl+p"), "commands", palette=False),
    Command("timeline", "Timeline", "Show the windows of the programs in the table as bars over time.",
            "Find", _MAIN, "pictures.timeline", ("T",), "timeline", needs="program"),
    Command("help", "Help", "Say what pane and field mean; show and search all keys.",
            "App", ("everywhere",), "help", ("?",), "help", palette=False),
    Command("close", "Close", "Close the dialog.", "App", ("dialog",), "close", ("escape",), "close", palette=False),
    Command("quit", "Quit", "Quit; your place is remembered.", "App", ("everywhere",), "quit", ("q", "ctrl+q"), "quit"),
)  # fmt: skip

_BY_ID = {each.id: each for each in COMMANDS}


def command(id: str) -> Command:
    """Return the command with this id. Raises KeyError."""
    return _BY_ID[id]


def bindings(*contexts: str, priority: bool = False) -> list[BindingType]:
    """Build the bindings of a widget or screen; their ids let `[keys]` change them."""
    from textual.binding import Binding  # here: the command line checks keys without Textual

    return [
        Binding(textual_keys(each.keys), each.bound, each.title, id=each.id, show=False, priority=priority, tooltip=each.help)
        for each in COMMANDS
        if each.keys and any(context in each.where for context in contexts)
    ]


def textual_keys(keys: Iterable[str]) -> str:
    """Convert keys to the text of a binding. A chord is one key of that name, which chords.py makes of two."""
    from textual.keys import _character_to_key as name_of

    return ",".join(" ".join(name_of(part) if len(part) == 1 else part for part in key.split(" ")) for key in keys)


_NAMES = {
    "comma": ",",
    "down": "↓", "up": "↑", "left": "←", "right": "→", "enter": "Enter", "escape": "Esc", "space": "Space", "tab": "Tab",
    "pagedown": "PgDn", "pageup": "PgUp", "home": "Home", "end": "End", "backspace": "Backspace", "delete": "Del",
}  # fmt: skip
_ASCII = {"↓": "Down", "↑": "Up", "←": "Left", "→": "Right"}


def key_names(key: str, *, ascii_only: bool = False) -> str:
    """Return the display name of a key or chord, given by our name or Textual's."""
    if " " in key:
        parts = [key_names(part, ascii_only=ascii_only) for part in key.split(" ")]
        return ("" if all(len(part) == 1 for part in parts) else " ").join(parts)
    from textual.keys import key_to_character

    *modifiers, last = key.split("+") if len(key) > 1 else [key]
    name = _NAMES.get(last) or (last.upper() if last[:1] == "f" and last[1:].isdigit() else key_to_character(last) or last)
    if ascii_only:
        name = _ASCII.get(name, name)
    return "-".join([*(each.capitalize() for each in modifiers), name])


def shown_keys(each: Command, keymap: Mapping[str, tuple[str, ...]] | None = None, *, ascii_only: bool = False) -> list[str]:
    """Return the display names of a command's keys, the user's own where they replace the defaults."""
    keys = (keymap or {}).get(each.id, each.keys)
    return [key_names(key, ascii_only=ascii_only) for key in keys]


def key_of(id: str, keymap: Mapping[str, tuple[str, ...]] | None = None, *, ascii_only: bool = False) -> str:
    """Return the display name of a command's first key; its palette name if it has no key."""
    found = command(id)
    return next(iter(shown_keys(found, keymap, ascii_only=ascii_only)), f"“{found.title}”")


def keys_page(commands: Iterable[Command] = COMMANDS) -> str:
    """Write the documentation page of all keys, in Markdown."""
    lines = [
        "# Keys",
        "",
        "Every key can be changed in `[keys]` of the settings, by the name in the last column. Inside the app `?` shows and",
        "searches this list, and `:` runs a command by its name.",
    ]
    every = list(commands)
    for group in GROUPS:
        rows = [each for each in every if each.group == group]
        if not rows:
            continue
        lines += ["", f"## {group}", "", "| keys | does | where | name |", "| --- | --- | --- | --- |"]
        for each in rows:
            keys = " ".join(f"`{'` `'.join(shown_keys(each))}`".split(" ")) if each.keys else "palette only"
            where = ", ".join(CONTEXTS[context] for context in each.where)
            lines.append(f"| {keys.replace('|', chr(92) + '|')} | {each.help} | {where} | `{each.id}` |")
    return "\n".join(lines) + "\n"
