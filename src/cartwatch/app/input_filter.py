"""Filters what the terminal sends: keys, mouse and pastes pass in one plain form; replies and unknown sequences are dropped."""

from __future__ import annotations

import re

__all__ = ["InputFilter"]

_ESC, _BEL = "\x1b", "\x07"
_PASTE, _PASTE_END = "\x1b[200~", "\x1b[201~"
_WHOLE = 1.0  # seconds to wait for the rest of a sequence
_SLOW = 0.1  # the same after an ESC on a link that has cut a sequence, and after ESC and a letter on any
_LATE = 0.25  # seconds after an ESC was taken for the key in which the rest of a sequence is no text
_LONGEST = 1000  # characters of a control sequence
_STRINGS = "P]X^_"  # start of DCS, OSC, SOS, PM and APC
_ANSWER = 40  # letters of a string that are kept
_ALT_TYPED = 8  # letters after Alt+P that are keys if no end of a string follows

_CSI = re.compile(r"\x1b\[(?:(\[[@-~])|M([^\0-\x1f]{3})|(?![\[M])([0-?]*)([ -/]*)([@-~]))")
_CSI_BEGUN = re.compile(r"\x1b\[(?:\[|M[^\0-\x1f]{0,2}|[0-?]*[ -/]*)\Z")
_CSI_BROKEN = re.compile(r"\x1b\[[0-?]*[ -/]*")
_STRING_END = re.compile(r"\x1b\\|[\x07\x18\x1a]|\x1b(?=[^\\])")
_SHIFTED = re.compile(r"\x1b\[(\d{1,2})\$\Z")  # rxvt: its one sequence without a final letter
_C1 = dict.fromkeys(range(0x80, 0xA0))
_NO_TEXT = dict.fromkeys(each for each in (*range(0x20), *range(0x7F, 0xA0)) if chr(each) not in "\t\n\r")

_MODIFIERS = re.compile(r"(\d{1,3})?(?::([123])?)?")
_MOUSE = re.compile(r"<\d{1,3};-?\d{1,6};-?\d{1,6}")
_RESIZE = re.compile(r"48(;[1-9]\d{0,5}(:\d{1,6})*){4}")
_MODE = re.compile(r"\?(2026|2048);\d")  # the modes that Textual asks for
_NOTICES = {"?997;1": "11;rgb:0/0/0", "?997;2": "11;rgb:f/f/f"}  # dark, light: as an answer with that colour would say
_ARROWS = dict(zip("abcd", "ABCD", strict=True))
_KEYPAD = dict(zip("jklmnopqrstuvwxyM", "*+,-./0123456789\r", strict=True))
_NUMBERS = frozenset((*range(1, 9), *range(11, 16), *range(17, 22), 23, 24))  # of keys that end in "~"
_F13 = dict(zip((25, 26, 28, 29, 31, 32, 33, 34), range(57376, 57384), strict=True))
_CONTROLS = ("0", "9", "13", "27", "127")  # text without a key, Tab, Enter, Escape, Backspace
_PRIVATE = range(0xE000, 0xF900)
_KEYS = (range(57358, 57364), range(57376, 57455))  # those in the private area that have names


class InputFilter:
    """Takes text as it is read, in pieces of any size, and returns text that Textual's parser reads unambiguously.

    A sequence is held until it is whole. `tick`, called `patience` seconds after the last piece, ends the wait: a lone ESC is
    the key, `ESC x` is Alt+x. `delay` is in seconds; it grows once a sequence comes in two pieces further apart.
    Without `extended`, keys of the kitty protocol are not given.
    """

    def __init__(self, delay: float, *, extended: bool = True) -> None:
        self._delay = delay
        self._extended = extended
        self._held = ""
        self._escaped = False  # an ESC was taken for the key a moment ago
        self._string = ""  # ESC and the letter of an open string
        self._body = ""  # its first letters
        self.seen: list[str] = []  # answers about the background: to be emptied by the reader
        self._pasting = False

    @property
    def patience(self) -> float | None:
        """Seconds to wait for more before `tick`; None if there is nothing to wait for."""
        if self._pasting or not (self._held or self._string):
            return _LATE if self._escaped else None
        if self._string or len(self._held) > 2:
            return _WHOLE
        return self._delay if self._held == _ESC else max(self._delay, _SLOW)

    def feed(self, text: str) -> str:
        """Take a piece, and return the text that is complete by now."""
        if self._escaped and text:
            self._escaped = False
            if _begins_late(text):  # its ESC has been a key, but its letters are none
                self._delay = max(self._delay, _SLOW)
                text = _ESC + text
        self._held += text
        out: list[str] = []
        while self._held and (found := self._next()) is not None:
            out.append(found)
        return "".join(out)

    def tick(self) -> str:
        """Return the held text after the wait: keys are kept, the beginning of a reply is dropped."""
        if self._pasting:
            return ""
        out = self._end_string() if self._string else ""
        held, self._held = self._held, ""
        self._escaped = held == _ESC
        if held == _ESC:
            return out + (self._key("27") if self._extended else _ESC)
        if len(held) == 2:
            return out + self._alt(held[1])
        if shifted := _SHIFTED.match(held):
            return out + self._tilde([shifted[1], "2"])
        return out

    # ---- the parts of the stream; each gives text, or None where more is needed

    def _next(self) -> str | None:
        if self._pasting:
            return self._pasted()
        if self._string:
            return self._skipped()
        held = self._held
        at = held.find(_ESC)
        if at != 0:
            plain = held if at < 0 else held[:at]
            self._held = held[len(plain) :]
            return plain.translate(_C1)
        if len(held) < 2:
            return None
        kind = held[1]
        if kind == _ESC:
            self._held = held[1:]
            return self._key("27") if self._extended else _ESC
        if kind == "[":
            return self._control()
        if kind in _STRINGS or kind == "O":
            if len(held) == 2:
                return None
            return self._single_shift() if kind == "O" else self._begin_string()
        self._held = held[2:]
        return self._alt(kind)

    def _pasted(self) -> str | None:
        """Return text up to the end of a paste, without control characters; sequences in it are plain text."""
        held = self._held
        end = held.find(_PASTE_END)
        if end >= 0:
            self._held, self._pasting = held[end + len(_PASTE_END) :], False
            return held[:end].translate(_NO_TEXT) + _PASTE_END
        begun = next((size for size in range(min(len(held), 5), 0, -1) if held.endswith(_PASTE_END[:size])), 0)
        text, self._held = held[: len(held) - begun], held[len(held) - begun :]
        return text.translate(_NO_TEXT) if text else None

    def _begin_string(self) -> str:
        self._string, self._held, self._body = self._held[:2], self._held[2:], ""
        return ""

    def _skipped(self) -> str | None:
        """Drop a string up to its end, or up to the start of another sequence."""
        held = self._held
        begin = 0
        while (end := _STRING_END.search(held, begin)) and end[0] == _BEL and self._string != "\x1b]":
            begin = end.end()  # a bell ends an OSC alone
        if end is None:
            self._body = (self._body + held.rstrip(_ESC))[:_ANSWER]
            self._held = _ESC if held.endswith(_ESC) else ""
            return None
        self._body = (self._body + held[: end.start()])[:_ANSWER]
        self._held = held[end.start() if end[0] == _ESC else end.end() :]
        if end[0] == _ESC:
            return self._end_string()
        if self._string == "\x1b]" and self._body.startswith("11;"):
            self.seen.append(self._body)
        self._string = ""
        return ""

    def _end_string(self) -> str:
        """Resolve a string without an end: plain letters were typed after an Alt key, anything else is a broken reply."""
        begin, self._string = self._string, ""
        typed = self._body.isalpha() and len(self._body) <= _ALT_TYPED
        return self._alt(begin[1]) + self._body if typed else ""

    def _single_shift(self) -> str:
        letter = self._held[2]
        known = letter in "ABCDFHPQRSabcd" or letter in _KEYPAD
        self._held = self._held[3:] if known else self._held[2:]
        if letter in _KEYPAD:
            return _KEYPAD[letter]
        if letter in _ARROWS:
            return f"\x1b[1;5{_ARROWS[letter]}"
        if letter == "R":
            return "\x1b[13~"
        return f"\x1b[{letter}" if known else self._alt("O")

    def _control(self) -> str | None:
        """Convert a complete control sequence to its plain form if it is a key, the mouse or a window report; else drop it."""
        held = self._held
        found = _CSI.match(held)
        if found is None:
            if _CSI_BEGUN.match(held) and len(held) < _LONGEST:
                return None
            broken = _CSI_BROKEN.match(held)
            self._held = held[broken.end() if broken else 2 :]  # the interrupting sequence is kept
            return ""
        self._held = held[found.end() :]
        if found[0] == _PASTE:
            self._pasting = True
            return _PASTE
        if found[1] is not None:
            at = "ABCDE".find(found[1][1])
            return f"\x1b[{11 + at}~" if at >= 0 else ""
        if found[2] is not None:  # the oldest mouse protocol, which Textual does not read
            return ""
        return self._read(found[3], found[4], found[5])

    # ---- what a control sequence means

    def _read(self, given: str, between: str, end: str) -> str:
        whole = f"\x1b[{given}{between}{end}"
        if between:
            return whole if between == "$" and end == "y" and _MODE.fullmatch(given) else ""
        if end == "n" and given in _NOTICES:
            self.seen.append(_NOTICES[given])
            return ""
        if end in "IO" or end == "Z":
            return whole if not given else ""
        if end in "Mm":
            return whole if _MOUSE.fullmatch(given) else ""
        if end == "t":
            return whole if _RESIZE.fullmatch(given) else ""
        parts = given.split(";")
        if end == "u":
            return self._extended_key(parts) if self._extended else ""
        if end in "^@" and len(parts) == 1:
            return self._tilde([given, "5" if end == "^" else "6"])
        if end in _ARROWS and not given:
            return f"\x1b[1;2{_ARROWS[end]}"
        if end == "~":
            return self._tilde(parts)
        if end in "ABCDFHPQS" and parts[0] in ("", "1") and len(parts) < 3:
            return self._with_modifiers("1", parts[1:], end)
        return ""

    def _tilde(self, parts: list[str]) -> str:
        if len(parts) == 3 and parts[0] == "27":  # xterm's modifyOtherKeys
            return self._extended_key([parts[2], parts[1]]) if self._extended else ""
        number = int(parts[0]) if parts[0].isdecimal() and len(parts[0]) < 3 else 0
        if number in _F13 and self._extended:
            return self._extended_key([str(_F13[number]), *parts[1:]])
        return self._with_modifiers(str(number), parts[1:], "~") if number in _NUMBERS and len(parts) < 3 else ""

    def _with_modifiers(self, number: str, modifiers: list[str], end: str) -> str:
        """Convert a key with modifiers; the release of a key is dropped."""
        found = _MODIFIERS.fullmatch(modifiers[0] if modifiers else "")
        if found is None or found[2] == "3" or int(found[1] or 1) > 256:
            return ""
        held = found[1] or "1"
        if held in ("0", "1"):
            return f"\x1b[{end}" if number == "1" and end != "~" else f"\x1b[{number}{end}"
        return f"\x1b[{number};{held}{end}"

    def _extended_key(self, parts: list[str]) -> str:
        """Convert a key of the kitty protocol: `code:shifted:base ; modifiers:event ; text`."""
        code, *others = parts[0].split(":")
        found = _MODIFIERS.fullmatch(parts[1] if len(parts) > 1 else "")
        if not (_is_character(code) or code in _CONTROLS) or found is None or found[2] == "3" or len(parts) > 3:
            return ""
        modifiers = min(int(found[1] or 1), 256)
        text = [each for each in (parts[2].split(":") if len(parts) > 2 else []) if _is_character(each)]
        if not text and others and _is_character(others[0]) and modifiers == 2:
            text = others[:1]
        number = int(code)
        named = number not in _PRIVATE or any(number in each for each in _KEYS)
        if not text and (not number or not named):
            return ""
        return self._key(code, str(modifiers) if modifiers > 1 or text else "", ":".join(text))

    @staticmethod
    def _key(*parts: str) -> str:
        return f"\x1b[{';'.join(parts).rstrip(';')}u"

    def _alt(self, letter: str) -> str:
        """Convert Alt and a key, as sent by terminals without an extended protocol."""
        if letter in "\x7f\tbf" or not self._extended:  # these have names of their own: word left, Shift+Tab …
            return _ESC + letter
        if letter == "\\":
            return ""  # the end of a string that was dropped already
        if letter == "\r":
            return self._key("13", "3")
        if "\x01" <= letter <= "\x1a":
            return self._key(str(ord(letter) + 96), "7")
        if letter < " " or letter.translate(_C1) == "":
            return ""
        lower = letter.lower()
        return self._key(str(ord(letter)), "3") if lower == letter or len(lower) > 1 else self._key(str(ord(lower)), "4")


def _begins_late(piece: str) -> bool:
    """Whether a piece after an ESC is the rest of a control sequence: more than the one letter that a finger types."""
    if piece[0] == "O":
        return len(piece) == 2 and piece[1] in "ABCDFHPQRS"
    return len(piece) > 1 and bool(_CSI.match(_ESC + piece) or (_CSI_BEGUN.match(_ESC + piece) and piece[1] in "0123456789<?["))


def _is_character(number: str) -> bool:
    """Whether a number is a code point that text may hold: no control character, no surrogate."""
    if not number.isdecimal() or not number.isascii() or len(number) > 7:
        return False
    code = int(number)
    return 0x20 <= code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF and not 0x7F <= code < 0xA0
