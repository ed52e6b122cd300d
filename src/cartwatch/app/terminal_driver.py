"""Terminal driver: reads the keyboard as Textual's does, with the input filter before its parser."""

from __future__ import annotations

import os
import selectors
from codecs import getincrementaldecoder

from textual import constants
from textual._xterm_parser import XTermParser  # the driver has no hook before its parser
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from .background import ASK, NOTICES_OFF, is_dark
from .input_filter import InputFilter

__all__ = ["BackgroundSeen", "TerminalDriver"]

_PAUSE = 0.1  # seconds between checks whether the app has ended
_ESCAPE = 0.02  # seconds to wait after an ESC, unless $ESCDELAY says otherwise: terminals send a sequence in one piece


class BackgroundSeen(Message):
    """The terminal has told whether its background is dark."""

    def __init__(self, dark: bool) -> None:
        super().__init__()
        self.dark = dark


class TerminalDriver(LinuxDriver):
    """Textual's driver on Linux and macOS that also copes with late replies and invalid UTF-8, and asks for the background."""

    def start_application_mode(self) -> None:
        super().start_application_mode()  # type: ignore[no-untyped-call]
        if self._asks:
            self.write(ASK)
            self.flush()

    def stop_application_mode(self) -> None:
        if self._asks:
            self.write(NOTICES_OFF)
        super().stop_application_mode()

    @property
    def _asks(self) -> bool:
        """Whether to ask: the Linux console and old terminals would print the question."""
        known = os.environ.get("TERM", "").partition("-")[0]
        return self.input_tty and known not in ("linux", "dumb", "") and not known.startswith("vt")

    def run_input_thread(self) -> None:
        """Read input and pass on its events."""
        parser = XTermParser()
        delay = constants.ESCAPE_DELAY if "ESCDELAY" in os.environ else _ESCAPE
        kept = InputFilter(delay, extended=not constants.DISABLE_KITTY_KEY)
        decode = getincrementaldecoder("utf-8")("replace").decode
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            waited = 0.0
            while not self.exit_event.is_set():
                patience = kept.patience
                pause = _PAUSE if patience is None else min(_PAUSE, max(patience - waited, 0.0))
                if selector.select(pause):
                    data = os.read(self.fileno, 4096)
                    if not data:  # the terminal is gone; the watcher reports it
                        self.exit_event.wait(_PAUSE)
                    waited, text = 0.0, kept.feed(decode(data))
                else:
                    waited += pause
                    text = ""
                    if patience is not None and waited >= patience:
                        waited, text = 0.0, kept.tick()
                events = parser.feed(text) if text else parser.tick()
                for each in events:
                    self.process_message(each)
                while kept.seen:
                    if (dark := is_dark(kept.seen.pop(0))) is not None:
                        self.send_message(BackgroundSeen(dark))
