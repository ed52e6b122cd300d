"""What came over the wire or out of a file, made safe: one gzip layer, bounded, and JSON without its extremes."""

from __future__ import annotations

import json
import zlib

__all__ = ["AnswerError", "inflate", "read_json"]


class AnswerError(ValueError):
    """The bytes are no answer; the message says why, in a few words."""


def inflate(raw: bytes, encoding: str, limit: int) -> bytes:
    """The body behind a Content-Encoding: none, or one gzip layer that holds at most `limit` bytes.

    Raises AnswerError for other encodings, damaged or cut data, and for more than the limit; never unpacks beyond it.
    """
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        return raw
    if encoding not in ("gzip", "x-gzip"):
        raise AnswerError(f"packed in a way that was not asked for ({encoding[:40]})")
    unpacker = zlib.decompressobj(31)
    try:
        body = unpacker.decompress(raw, limit + 1)
    except zlib.error:
        raise AnswerError("damaged (not valid gzip)") from None
    if len(body) > limit:
        raise AnswerError(f"too large (more than {limit // 1_000_000} MB unpacked)")
    if not unpacker.eof or unpacker.unused_data:
        raise AnswerError("damaged (the gzip data does not end where it should)")
    return body


def read_json(data: bytes) -> object:
    """The JSON value in UTF-8 bytes; NaN, Infinity and numbers too large to be finite are read as null.

    Raises AnswerError for what is empty, a web page, not UTF-8, not JSON or nested too deeply.
    """
    text = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not text:
        raise AnswerError("empty")
    if text[:1] == b"<":
        raise AnswerError("a web page, not data")
    try:
        value: object = json.loads(text.decode(), parse_constant=lambda _: None, parse_float=_finite, parse_int=_whole)
    except UnicodeDecodeError:
        raise AnswerError("not UTF-8 text") from None
    except RecursionError:
        raise AnswerError("nested too deeply") from None
    except json.JSONDecodeError as error:
        raise AnswerError(f"not JSON (line {error.lineno}, column {error.colno}: {error.msg})") from None
    return value


def _finite(digits: str) -> float | None:
    number = float(digits)
    return number if abs(number) < float("inf") else None


def _whole(digits: str) -> int | None:
    return int(digits) if len(digits) <= 18 else None
