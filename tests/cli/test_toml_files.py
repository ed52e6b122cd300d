"""Files that are no TOML 1.0, and TOML that is no watchlist: each refused in a line with its place, and nothing touched.

With CARTWATCH_TOML_TEST set to the folder `tests` of the official suite, its files are tried too.
"""

from __future__ import annotations

import os
import re
import subprocess
import time
from pathlib import Path

import pytest
from toml_files import INVALID, VALID, data

LINE = re.compile(r"cartwatch: (?P<file>[^\n:]+):[1-9][0-9]*:[1-9][0-9]*: (?P<reason>[^\x00-\x1f\x7f-\x9f\u2028]{5,240})\n")
START = b'[[program]]\nid = "a"\nname = "A"\n'
SUITE = os.environ.get("CARTWATCH_TOML_TEST", "")


def tree(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Every file below a folder: its bytes and the time of its last change."""
    return {str(each): (each.read_bytes(), each.stat().st_mtime_ns) for each in folder.rglob("*") if each.is_file()}


@pytest.fixture
def mine(tmp_path, monkeypatch, run):
    """A list that has been edited and so has a journal and a backup; all in one folder."""
    kept = tmp_path / "kept"
    kept.mkdir()
    monkeypatch.setenv("XDG_STATE_HOME", str(kept / "state"))
    path = kept / "mine.toml"
    path.write_bytes(START)
    assert run("set", "a", "phase=Phase 1", "-f", str(path)).status == 0
    assert len(tree(kept)) > 1
    return path


def refused(run, mine, name: str, content: bytes) -> str:
    """The reason for which a file is refused, in the one line that may be printed."""
    path = mine.parent.parent / "theirs.toml"
    path.write_bytes(content)
    before = tree(mine.parent)
    answer = run("import", str(path), "-f", str(mine))
    found = LINE.fullmatch(answer.err)
    assert found, (name, content, answer)
    assert (answer.status, answer.out, found["file"]) == (2, "", str(path)), (name, content)
    assert tree(mine.parent) == before, (name, content)
    return found["reason"]


@pytest.mark.parametrize("kind", INVALID)
def test_what_is_no_toml_1_0_is_refused_in_a_line(run, mine, kind):
    for each in INVALID[kind]:
        assert "no [[program]]" not in refused(run, mine, kind, data(each)), each


@pytest.mark.parametrize("kind", VALID)
def test_toml_that_is_no_watchlist_is_told_what_was_expected_and_its_first_key(run, mine, kind):
    for each in VALID[kind]:
        reason = refused(run, mine, kind, data(each))
        assert "no [[program]] tables found" in reason, each
        plain = data(each).removeprefix(b"\xef\xbb\xbf").decode().lstrip()
        assert ('first unknown key "' in reason) is bool(plain and plain[0] != "#"), (each, reason)


@pytest.mark.parametrize("kind", VALID)
def test_any_toml_comes_along_below_a_key_of_the_writer_s_own(run, mine, kind):
    """As a top-level table, with a program beside it; all but what is no table of its own, as a text after a header is."""
    for each in VALID[kind]:
        content = data(each).removeprefix(b"\xef\xbb\xbf")
        if content.startswith(b"["):
            content = content.replace(b"[[a", b"[[foreign.a").replace(b"[a", b"[foreign.a").replace(b"[ a", b"[foreign.a")
        path = mine.parent / "theirs.toml"
        path.write_bytes(b"[foreign]\n" + content + b"\n\n[[program]]\nname = 'B'\n")
        mine.write_bytes(START)
        answer = run("import", str(path), "-f", str(mine))
        if b"inf" in content:  # nothing can be reckoned with it
            assert answer.err.endswith(":2:6: a number that is not finite (inf or nan)\n")
            continue
        assert answer.status == 0, (each, answer)
        assert b"[foreign" in mine.read_bytes() or b"foreign = " in mine.read_bytes(), each
        before = mine.read_bytes()
        assert run("import", str(path), "-f", str(mine)).status == 0
        assert mine.read_bytes() == before, each


def test_many_files_are_refused_with_a_line_each_and_none_is_taken(run, mine, tmp_path):
    files = [each for kind in INVALID for each in INVALID[kind]]
    names = []
    for number, each in enumerate(files):
        path = tmp_path / f"{number}.toml"
        path.write_bytes(data(each))
        names.append(str(path))
    good = tmp_path / "good.toml"
    good.write_bytes(b'[[program]]\nname = "B"\n')
    before = tree(mine.parent)
    answer = run("import", str(good), *names, "-f", str(mine))
    assert (answer.status, answer.out) == (2, "")
    assert [LINE.fullmatch(line)["file"] for line in answer.err.splitlines(keepends=True)] == names
    assert tree(mine.parent) == before


@pytest.mark.slow
def test_a_process_of_its_own_says_no_more_and_takes_no_longer(script, mine, tmp_path):
    for number, kind in enumerate(("inline-table", "control", "encoding")):
        path = tmp_path / f"{number}.toml"
        path.write_bytes(data(INVALID[kind][-1]))
        before, start = tree(mine.parent), time.monotonic()
        done = subprocess.run(
            [*script, "import", str(path), "-f", str(mine)], capture_output=True, text=True, timeout=60, check=False
        )
        assert (done.returncode, done.stdout) == (2, "")
        assert LINE.fullmatch(done.stderr), done.stderr
        assert tree(mine.parent) == before
        assert time.monotonic() - start < 20  # a bound against hanging; how fast it is, the benchmark says


@pytest.mark.skipif(not SUITE, reason="the official suite is not at hand")
def test_the_official_suite(run, mine):
    folder = Path(SUITE)
    listed = (folder / "files-toml-1.0.0").read_text().split()
    files = [each for each in listed if each.endswith(".toml")]
    assert len(files) > 300
    for name in files:
        reason = refused(run, mine, name, (folder / name).read_bytes())
        assert ("no [[program]]" in reason) is name.startswith("valid"), (name, reason)
