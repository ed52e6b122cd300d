"""Settings: each declared once; reading, checking, the settings screen, `doctor` and the reference page derive from it."""

from __future__ import annotations

from typing import Any

from cartwatch.domain.vocabulary import nearest

__all__ = ["SETTINGS", "TABLES", "SettingDeclaration", "chosen_from", "setting", "wrong_in"]


class SettingDeclaration:
    """The declaration of one setting.

    `key` is its dotted place in the settings file; `kind` is "choice" (one of `choices`), "flag", "number" (from `least` to
    `most`) or "text". `default` None means not set. `named_in` is the table whose sub-tables are choices too, and where the
    setting is `use` if there are any. `live` says that a change shows at once. (No dataclass: making one costs the start.)
    """

    __slots__ = ("choices", "default", "help", "key", "kind", "label", "least", "live", "most", "named_in")

    def __init__(
        self,
        key: str,
        kind: str,
        label: str,
        help: str,
        default: Any = None,
        choices: tuple[str, ...] = (),
        *,
        least: int = 0,
        most: int = 0,
        named_in: str = "",
        live: bool = True,
    ) -> None:
        self.key = key
        self.kind = kind
        self.label = label
        self.help = help
        self.default = default
        self.choices = choices
        self.least = least
        self.most = most
        self.named_in = named_in
        self.live = live

    @property
    def holds(self) -> str:
        """The values that it takes, in words."""
        if self.kind == "choice":
            return ", ".join(self.choices) + (f", or one of your own in [{self.named_in}]" if self.named_in else "")
        if self.kind == "number":
            return f"a number from {self.least} to {self.most}"
        return "true or false" if self.kind == "flag" else "a text"


SETTINGS: tuple[SettingDeclaration, ...] = (
    SettingDeclaration(
        "theme",
        "choice",
        "Theme",
        "The colours; auto follows the light or dark background of the terminal.",
        "auto",
        ("auto", "cartwatch-dark", "cartwatch-light", "high-contrast", "colour-blind-safe", "terminal"),
        named_in="theme",
    ),
    SettingDeclaration(
        "glyphs",
        "choice",
        "Signs",
        "Unicode or ASCII signs; auto asks the locale, and draws ASCII on the Linux console.",
        "auto",
        ("auto", "unicode", "ascii"),
    ),
    SettingDeclaration(
        "reduced_motion",
        "flag",
        "Reduced motion",
        "Nothing glides: what would scroll smoothly jumps.",
        False,
    ),
    SettingDeclaration(
        "mouse",
        "flag",
        "Mouse",
        "Clicks and the wheel work; off leaves the mouse to the terminal, to select text.",
        True,
        live=False,
    ),
    SettingDeclaration(
        "keys.preset",
        "choice",
        "Keys",
        "The keys to begin with; those in [keys] replace them one by one.",
        "default",
        ("default", "vim", "arrows"),
    ),
    SettingDeclaration("registry.url", "text", "Registry address", "The base address of a mirror of ClinicalTrials.gov."),
    SettingDeclaration(
        "registry.client",
        "choice",
        "Registry client",
        "The only client to ask the registry with; not set: each in turn.",
        None,
        ("httpx", "httpx-tls", "urllib"),
    ),
    SettingDeclaration(
        "registry.seconds",
        "number",
        "Registry time",
        "The most seconds that a refresh of all trials may take.",
        120,
        least=5,
        most=3600,
    ),
)

# Tables whose keys are the user's choice; what they hold is checked where it is used.
TABLES = {
    "keys": "The keys of a command by its name in keys.md: a key, or a list of keys; [] for none.",
    "views": "Your own views, each a table: [views.mine] with filter, columns, sort, group and help.",
    "theme": "Your own themes, each a table: [theme.mine].",
}


def setting(key: str) -> SettingDeclaration:
    """Return the setting with this key. Raises KeyError."""
    found = next((each for each in SETTINGS if each.key == key), None)
    if found is None:
        raise KeyError(key)
    return found


def chosen_from(value: object, choices: tuple[str, ...]) -> str | None:
    """Return what is wrong with a value that must be one of some words, None if it is one."""
    if isinstance(value, str) and value in choices:
        return None
    close = nearest(value, list(choices)) if isinstance(value, str) else None
    return f"choose from {', '.join(choices)}" + (f': did you mean "{close}"?' if close else "")


def wrong_in(each: SettingDeclaration, value: object, names: tuple[str, ...] = ()) -> str | None:
    """Return what is wrong with the value of a setting, None if it is valid; `names` are further choices."""
    if each.kind == "choice":
        return chosen_from(value, (*each.choices, *names))
    if each.kind == "flag":
        return None if isinstance(value, bool) else "expected true or false"
    if each.kind == "number":
        good = isinstance(value, int | float) and not isinstance(value, bool) and each.least <= value <= each.most
        return None if good else f"expected a number from {each.least} to {each.most}"
    return None if isinstance(value, str) else "expected a text"
