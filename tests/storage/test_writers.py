"""Several processes edit one watchlist at once, each taking the others' changes in: no acknowledged edit is lost."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from cartwatch.storage import save as save_module

SOURCE = str(Path(save_module.__file__).parents[2])

WRITER = """
import sys
sys.path.insert(0, sys.argv[1])
from cartwatch.storage.displaced import LateConflict
from cartwatch.storage.errors import Busy, FileConflict
from cartwatch.storage.reading import read_file, sha256
from cartwatch.storage.save import save

def merged(base, mine, theirs):
    # Lines by their key; each writer has keys of its own, as two people edit different programs.
    b, m, t = (dict(line.split(b" = ") for line in text.splitlines()) for text in (base, mine, theirs))
    taken = {**t, **{key: value for key, value in m.items() if b.get(key) != value}}
    return b"".join(key + b" = " + value + b"\\n" for key, value in taken.items())

_, _, path, state, name, edits = sys.argv
loaded = read_file(path).data
for number in range(int(edits)):
    base, mine = loaded, loaded + f"{name}-{number} = {number}\\n".encode()
    while True:
        try:
            save(path, mine, base=sha256(base), lock_dir=state + "/locks", keep_dir=state + "/kept", wait=20)
            break
        except FileConflict as conflict:
            base, mine = conflict.current, merged(base, mine, conflict.current)
        except LateConflict as late:
            raise SystemExit("nobody here writes without the lock: " + str(late))
        except Busy:
            continue
    loaded = mine
    print(number, flush=True)
"""


def _write(tmp_path: Path, writers: int, edits: int) -> None:
    path, state = tmp_path / "watchlist.toml", tmp_path / "state"
    path.write_bytes(b"start = 0\n")
    script = tmp_path / "writer.py"
    script.write_text(WRITER)
    arguments = [sys.executable, "-I", "-S", str(script), SOURCE, str(path), str(state)]
    running = [
        subprocess.Popen([*arguments, f"w{of}", str(edits)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for of in range(writers)
    ]
    for process in running:
        _, trouble = process.communicate(timeout=120)
        assert (process.returncode, trouble) == (0, b"")
    keys = {line.split(b" = ")[0].decode() for line in path.read_bytes().splitlines()}
    assert keys == {"start"} | {f"w{of}-{number}" for of in range(writers) for number in range(edits)}
    assert [name for name in os.listdir(tmp_path) if name.startswith(".cartwatch")] == []


def test_four_writers_twenty_edits_each(tmp_path: Path) -> None:
    _write(tmp_path, 4, 20)
