"""What a terminal sends: keys, the mouse and pastes arrive whatever stands between them; replies to questions do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual._xterm_parser import XTermParser
from textual.message import Message

from cartwatch.app.input_filter import InputFilter

DELAY, SHORT = 0.1, 0.03
REPLIES = [
    "\x1bP>|VTE(7600)\x1b\\",  # XTVERSION
    "\x1bP>|tmux 3.4\x1b\\",
    "\x1b[?61;4;6;7;14;21;22;23;24;28;32;42;52c",  # DA1
    "\x1b[>0;276;0c",  # DA2
    "\x1bP!|00000000\x1b\\",  # DA3
    "\x1b[?997;1n",  # dark mode
    "\x1b[0n",
    "\x1b[12;40R",  # the cursor
    "\x1b[1;5R",
    "\x1b[?2026;2$y",
    "\x1b[?1;2$y",
    "\x1b[4;1$y",
    "\x1b[?1u",  # the flags of the kitty protocol
    "\x1b[8;24;80t",
    "\x1b[99~",
    "\x1b[5A",
    "\x1b[1;1:3A",  # a release
    "\x1b[106;1:3u",
    "\x1b[9999999999u",
    "\x1b[55296u",
    "\x1b[M !!",  # the oldest mouse
    "\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\",
    "\x1b]11;rgb:1e1e/1e1e/1e1e\x07",
    "\x1b]52;c;VkVF\x07",
    "\x1b_Gi=31;OK\x1b\\",
    "\x1bP1$r0;1 q\x1b\\",
    "\x1bP1+r544e=7874\x1b\\",
    "\x1bPj\x07E\x1b\\",  # a bell ends no DCS
]
KEYS = {
    "j": "j",
    "V": "V",
    "?": "question_mark",
    "\r": "enter",
    "\x03": "ctrl+c",
    "é": "é",
    "\x1b[A": "up",
    "\x1bOB": "down",
    "\x1b[1;5C": "ctrl+right",
    "\x1b[1;2:2A": "shift+up",
    "\x1b[1;1:1A": "up",
    "\x1b[3~": "delete",
    "\x1b[15~": "f5",
    "\x1b[25~": "f13",
    "\x1b[[A": "f1",
    "\x1bOR": "f3",
    "\x1b[Z": "shift+tab",
    "\x1b[5^": "ctrl+pageup",
    "\x1bOd": "ctrl+left",
    "\x1b[27u": "escape",
    "\x1b[106u": "j",
    "\x1b[106;;106u": "j",
    "\x1b[106;1:1u": "j",
    "\x1b[106:74;2u": "J",
    "\x1b[27;5;106~": "ctrl+j",
    "\x1b[106;5u": "ctrl+j",
    "\x1b[0;;229u": "å",
    "\x1bj": "alt+j",
    "\x1bJ": "alt+shift+j",
    "\x1b/": "alt+slash",
    "\x1b\r": "alt+enter",
    "\x1bb": "ctrl+left",
    "\x1b\x7f": "ctrl+w",
}  # fmt: skip


class Reader:
    """The filter and Textual's parser, as they stand behind each other."""

    def __init__(self, delay: float = DELAY) -> None:
        self.filter = InputFilter(delay)
        self._parser = XTermParser()
        self.got: list[Message] = []

    def read(self, *pieces: str) -> Reader:
        for each in pieces:
            self._parse(self.filter.feed(each))
        return self

    def _parse(self, text: str) -> None:
        if text:  # an empty one is the end
            self.got += self._parser.feed(text)

    def wait(self) -> Reader:
        if self.filter.patience is not None:
            self._parse(self.filter.tick())
        return self

    @property
    def keys(self) -> list[str]:
        return [each.key for each in self.got if isinstance(each, events.Key)]

    @property
    def pasted(self) -> str:
        return "".join(each.text for each in self.got if isinstance(each, events.Paste))


@pytest.mark.parametrize("reply", REPLIES)
def test_a_reply_is_no_key_in_one_piece_or_letter_by_letter(reply: str) -> None:
    assert Reader().read(reply, "x").wait().keys == ["x"]
    assert Reader().read(*reply, "x").wait().keys == ["x"]


@pytest.mark.parametrize(("sent", "key"), KEYS.items())
def test_a_key_is_itself_in_one_piece_or_letter_by_letter(sent: str, key: str) -> None:
    assert Reader().read(sent, "x").wait().keys == [key, "x"]
    assert Reader().read(*sent, "x").wait().keys == [key, "x"]


def test_escape_alone_waits_no_longer_than_the_usual_delay() -> None:
    reader = Reader().read("\x1b")
    assert reader.filter.patience == DELAY
    assert reader.wait().keys == ["escape"]
    assert reader.wait().filter.patience is None
    assert Reader().read("\x1b\x1b").wait().keys == ["escape", "escape"]
    assert Reader().read("\x1b", "\x1b[A").keys == ["escape", "up"]


@pytest.mark.parametrize(
    ("rest", "key"),
    [("[A", "up"), ("OB", "down"), ("[1;5C", "ctrl+right"), ("[3~", "delete"), ("[15~", "f5"), ("[106u", "j")],
)
def test_the_rest_of_a_sequence_that_a_slow_link_cut_after_its_escape_is_no_text(rest: str, key: str) -> None:
    assert Reader(SHORT).read("\x1b").wait().read(rest).keys == ["escape", key]
    cut = Reader(SHORT).read("\x1b").wait().read(rest[:3]).read(rest[3:]).keys
    assert cut == ["escape", key]


def test_a_link_that_cut_a_sequence_is_waited_for_from_then_on() -> None:
    reader = Reader(SHORT).read("\x1b")
    assert reader.filter.patience == SHORT
    reader.wait().read("[A")
    assert reader.read("\x1b").filter.patience == DELAY
    assert reader.read("[B").keys == ["escape", "up", "down"]


@pytest.mark.parametrize("typed", ["[", "O", "j", "A"])
def test_a_letter_typed_soon_after_escape_is_a_key(typed: str) -> None:
    names = {"[": "left_square_bracket"}
    assert Reader(SHORT).read("\x1b").wait().read(typed).wait().keys == ["escape", names.get(typed, typed)]


def test_letters_long_after_escape_are_keys() -> None:
    assert Reader(SHORT).read("\x1b").wait().wait().read("[A").keys == ["escape", "left_square_bracket", "A"]


def test_a_beginning_of_two_letters_waits_long_enough_for_its_end() -> None:
    reader = Reader(SHORT).read("\x1b[")
    assert reader.filter.patience == DELAY
    assert reader.read("A").keys == ["up"]


@pytest.mark.parametrize("letter", "[]OPX^_")
def test_alt_with_a_letter_that_begins_a_sequence_is_a_key_after_the_delay(letter: str) -> None:
    reader = Reader().read(f"\x1b{letter}")
    assert reader.filter.patience == DELAY
    (key,) = reader.wait().keys
    assert key.startswith("alt+")
    assert reader.read("j").keys == [key, "j"]


def test_alt_p_and_letters_without_the_end_of_a_string_are_keys() -> None:
    assert Reader().read("\x1bP", "jk").wait().keys == ["alt+shift+p", "j", "k"]
    assert Reader().read("\x1bPj", "\x1b[A").keys == ["alt+shift+p", "j", "up"]


def test_a_reply_that_breaks_off_is_dropped_and_the_next_key_counts() -> None:
    for begun in ("\x1bP>|VTE(76", "\x1b[?61;4", "\x1b]11;rgb:1e"):
        assert Reader().read(begun).wait().read("j").keys == ["j"]
        assert Reader().read(begun, "\x1b[B").keys == ["down"]


def test_a_paste_is_text_up_to_its_end() -> None:
    text = "plain \x1b[0m\nTable\x1b of \x1bP>|E\x1b\\ events \x1b[201 ~\x1b["
    for pieces in ([f"\x1b[200~{text}\x1b[201~j"], f"\x1b[200~{text}\x1b[201~j"):
        reader = Reader().read(*pieces)
        assert reader.pasted == text.replace("\x1b", "")
        assert reader.keys == ["j"]


def test_the_mouse_and_the_focus_pass() -> None:
    got = Reader().read("\x1b[<0;3;4M", "\x1b[<35;3;5m", "\x1b[O").got
    assert [type(each) for each in got] == [events.MouseDown, events.MouseMove, events.AppBlur]


def test_without_the_extended_protocol_the_old_keys_remain() -> None:
    kept = InputFilter(DELAY, extended=False)
    assert kept.feed("\x1b[A\x1b[106uj\x1bx") == "\x1b[Aj\x1bx"
    assert kept.feed("\x1b") == ""
    assert kept.tick() == "\x1b"


PAYLOAD = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=40)
RANDOM_REPLY = st.one_of(
    st.builds(lambda text, end: f"\x1b]{text}{end}", PAYLOAD, st.sampled_from(["\x07", "\x1b\\"])),
    st.builds(lambda begin, text: f"\x1b{begin}{text}\x1b\\", st.sampled_from("PX^_"), PAYLOAD),
    st.builds(
        lambda mark, numbers, between, end: f"\x1b[{mark}{';'.join(map(str, numbers))}{between}{end}",
        st.sampled_from("?>="),
        st.lists(st.integers(0, 10**9), max_size=8),
        st.sampled_from(["", " ", "$", "'"]),
        st.sampled_from("@ABCDRScntuxy~"),
    ),
)
SENT = st.one_of(st.sampled_from(REPLIES).map(lambda sent: (sent, None)), RANDOM_REPLY.map(lambda sent: (sent, None)))
PIECES = st.lists(st.one_of(SENT, st.sampled_from(list(KEYS.items()))), max_size=12)


@given(pieces=PIECES, cuts=st.lists(st.integers(1, 9), min_size=1, max_size=40))
def test_keys_survive_between_replies_however_the_bytes_are_cut(pieces: list[tuple[str, str | None]], cuts: list[int]) -> None:
    stream, reader, at = "".join(sent for sent, _ in pieces), Reader(), 0
    while at < len(stream):
        size = cuts[at % len(cuts)]
        reader.read(stream[at : at + size])
        at += size
    assert reader.wait().keys == [key for _, key in pieces if key is not None]


@given(st.text(st.sampled_from("\x1b\x1b\x1b[]PO?>;:0123456789~uAMmRcn$ \\\x07\x18jé\x9b"), max_size=60))
def test_no_input_ends_the_reader(text: str) -> None:
    reader = Reader().read(*text).wait()
    assert reader.read("\x1b[201~").wait().filter.patience is None
