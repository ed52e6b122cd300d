"""The looks of the watch table: the roles a cell may name, and how each is drawn in colour, in the terminal's own palette and
without colour."""

from __future__ import annotations

__all__ = ["COMPONENTS", "MATCH", "ROLES", "TABLE_CSS"]

ROLES = (
    "strong",
    "quiet",
    "accent",
    "mark",
    "open",
    "soon",
    "overdue",
    "unverified",
    "moved",
    "good",
    "caution",
    "danger",
)
"""What `Cell.style` may be. None may have an underline or a background: a gap takes the role of the cell before it."""

MATCH = "+match"
"""Behind a role: the same, where a filter matched. It may be underlined, as no gap takes it."""

COMPONENTS = frozenset(
    f"table--{name}" for name in ("header", "header-hover", "sorted", "bar", "cursor", "hover", "empty", "match", *ROLES)
)

TABLE_CSS = """
WatchTable {
    background: $surface;
    color: $foreground;
    height: 1fr;
    overflow-x: auto;
    overflow-y: scroll;
    scrollbar-size-vertical: 1;
    scrollbar-size-horizontal: 0;
    scrollbar-background: $surface;
    scrollbar-background-hover: $surface;
    scrollbar-background-active: $surface;
    scrollbar-color: $foreground 18%;
    scrollbar-color-hover: $foreground 35%;
    scrollbar-color-active: $primary;
    & > .table--header { color: $foreground 62%; background: $panel; }
    & > .table--header-hover { color: $foreground; background: $panel-lighten-1; }
    & > .table--sorted { color: $foreground; background: $panel; text-style: bold; }
    & > .table--bar { color: $foreground 35%; }
    & > .table--cursor { background: $foreground 8%; }
    & > .table--hover { background: $foreground 4%; }
    & > .table--empty { color: $foreground 60%; }
    & > .table--match { color: $foreground; text-style: underline; }
    & > .table--strong { text-style: bold; }
    & > .table--quiet { color: $foreground 50%; }
    & > .table--accent { color: $text-accent; }
    & > .table--mark { color: $text-accent; text-style: bold; }
    & > .table--open { color: $text-success; text-style: bold; }
    & > .table--soon { color: $text-warning; }
    & > .table--overdue { color: $text-error; text-style: bold; }
    & > .table--unverified { text-style: italic; }
    & > .table--moved { color: $text-secondary; }
    & > .table--good { color: $text-success; }
    & > .table--caution { color: $text-warning; }
    & > .table--danger { color: $text-error; }
    &:focus > .table--bar { color: $text-primary; text-style: bold; }
    &:focus > .table--cursor { background: $primary 30%; }
    &:ansi {
        background: ansi_default;
        color: ansi_default;
        scrollbar-background: ansi_default;
        scrollbar-background-hover: ansi_default;
        scrollbar-background-active: ansi_default;
        scrollbar-color: ansi_bright_black;
    }
    &:ansi > .table--header { color: ansi_default; background: ansi_default; text-style: underline; }
    &:ansi > .table--header-hover { color: ansi_default; background: ansi_default; text-style: bold underline; }
    &:ansi > .table--sorted { color: ansi_default; background: ansi_default; text-style: bold underline; }
    &:ansi > .table--bar { color: ansi_default; }
    &:ansi > .table--cursor { background: ansi_default; text-style: bold; }
    &:ansi:focus > .table--cursor { text-style: reverse; }
    &:ansi > .table--hover { background: ansi_default; }
    &:ansi > .table--quiet { color: ansi_default; text-style: dim; }
    &:ansi > .table--empty { color: ansi_default; }
    &:nocolor:focus > .table--cursor { text-style: reverse; }
}
"""
