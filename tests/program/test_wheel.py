"""README's five minutes as they are written, and the wheel in bare environments of every Python that there is."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pty_terminal import Terminal

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CHECK = """
import importlib.metadata, importlib.resources
files = importlib.resources.files("cartwatch")
assert all(files.joinpath(each).is_file() for each in ("py.typed", "sample_watchlist.toml", "app/screens/main.tcss"))
extras = importlib.metadata.metadata("cartwatch").get_all("Provides-Extra")
assert {"excel", "pdf"} <= set(extras), extras
import pypdf, python_calamine, xlsxwriter
"""


def five_minutes() -> list[str]:
    section = README.partition("## Five minutes\n")[2].partition("\n## ")[0]
    found = re.search(r"```sh\n(.*?)```", section, re.DOTALL)
    assert found is not None
    return found[1].splitlines()


def words(line: str) -> list[str]:
    return shlex.split(line, comments=True)


def environment(home: Path, programs: Path) -> dict[str, str]:
    return {"PATH": f"{programs}:/usr/bin:/bin", "HOME": str(home), "LANG": "C.UTF-8", "TERM": "xterm"}


def walk(home: Path, programs: Path) -> None:
    """Run the commands of the section that need neither a registry nor a terminal, in their order, as a shell reads them."""
    folder = home / "cartwatch"
    folder.mkdir()
    shutil.copy(ROOT / "sample_watchlist.toml", folder)
    said = []
    for line in five_minutes()[2:]:
        done = subprocess.run(
            ["/bin/sh", "-c", line], cwd=folder, env=environment(home, programs), capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
        said.append(done.stdout)
    assert "slipped" in said[2]
    assert "demo-cel" in said[4]
    assert (folder / "catalysts.ics").read_text(encoding="utf-8").count("BEGIN:VEVENT") > 10
    listed = subprocess.run(
        ["cartwatch", "list", "demo"], cwd=folder, env=environment(home, programs), capture_output=True, text=True, timeout=120
    )
    assert "Q4 2027" in listed.stdout


def test_the_five_minutes_are_eight_commands() -> None:
    lines = five_minutes()
    assert len(lines) == 8
    assert words(lines[0]) == ["pipx", "install", ".[excel,pdf]"]
    assert words(lines[1]) == ["cartwatch", "sample_watchlist.toml"]
    actions = [re.search(r"cartwatch (\w+)", line) for line in lines[2:]]
    assert [each and each[1] for each in actions] == ["add", "add", "read", "import", "compare", "export"]
    assert all("#" in line for line in lines)


@pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell")
@pytest.mark.slow
def test_the_five_minutes_work_as_written(tmp_path: Path) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "cartwatch").write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m cartwatch "$@"\n')
    (programs / "cartwatch").chmod(0o755)
    walk(tmp_path, programs)


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of these sources, built as pip builds it: in an environment of its own."""
    if not (ROOT / "pyproject.toml").exists():
        pytest.skip("no sources here")
    folder = tmp_path_factory.mktemp("wheel")
    argv = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(folder), str(ROOT)]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=600)
    if not os.environ.get("CI") and "No matching distribution" in done.stderr:
        pytest.skip("no package index within reach")
    assert done.returncode == 0, done.stderr
    (built,) = folder.glob("*.whl")
    return built


def python(version: str) -> str | None:
    """A Python of a version: this one, one on the PATH, or one of pyenv; None without one that can make environments."""
    if sys.version_info[:2] == tuple(map(int, version.split("."))):
        return sys.executable
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path("~/.pyenv").expanduser())
    kept = sorted(map(str, pyenv.glob(f"versions/{version}.*/bin/python")))
    for each in (*reversed(kept), shutil.which(f"python{version}")):
        if (
            each is not None
            and subprocess.run([each, "-c", "import ensurepip"], capture_output=True, timeout=60).returncode == 0
        ):
            return each
    return None


@pytest.mark.long  # installs the installers, and then the wheel
@pytest.mark.parametrize("installer", ["uv", "pipx"])
def test_the_wheel_is_installed_as_a_tool(wheel: Path, tmp_path: Path, installer: str) -> None:
    tools, programs = tmp_path / "tools", tmp_path / "programs"
    subprocess.run([sys.executable, "-m", "venv", str(tools)], check=True, timeout=600)
    subprocess.run([str(tools / "bin" / "pip"), "install", "-q", installer], check=True, timeout=600)
    places = {"UV_TOOL_DIR": "uv", "UV_TOOL_BIN_DIR": "programs", "PIPX_HOME": "pipx", "PIPX_BIN_DIR": "programs"}
    places["PIPX_MAN_DIR"] = "man"
    environment = {**os.environ, **{name: str(tmp_path / each) for name, each in places.items()}}
    command = ["uv", "tool", "install", "--python", sys.executable] if installer == "uv" else ["pipx", "install"]
    argv = [str(tools / "bin" / command[0]), *command[1:], f"{wheel}[excel,pdf]"]
    done = subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    listed = [str(programs / "cartwatch"), "list", "-f", str(ROOT / "sample_watchlist.toml")]
    assert "lasme-cel" in subprocess.run(listed, capture_output=True, text=True, timeout=120, check=True).stdout


@pytest.mark.long  # builds a wheel, and installs it with all it needs
@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_the_wheel_runs_in_a_bare_environment(wheel: Path, tmp_path: Path, version: str) -> None:
    base = python(version)
    if base is None:
        pytest.skip(f"no Python {version} here")
    home = tmp_path / "home"
    home.mkdir()
    bare = tmp_path / "bare"

    def succeeds(*argv: str) -> str:
        done = subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True, timeout=600)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    succeeds(base, "-m", "venv", str(bare))
    programs = bare / "bin"
    succeeds(str(programs / "pip"), "install", "-q", f"{wheel}[excel,pdf]")
    succeeds(str(programs / "python"), "-I", "-c", CHECK)
    assert (bare / "share" / "man" / "man1" / "cartwatch.1").is_file()
    program = str(programs / "cartwatch")
    sample = str(ROOT / "sample_watchlist.toml")
    assert succeeds(program, "--version").startswith("cartwatch ")
    assert "lasme-cel" in succeeds(program, "list", "-f", sample)
    succeeds(program, "check", sample)
    terminal = Terminal([sample], home, size=(100, 30), python=str(programs / "python"))
    try:
        terminal.until("lasme-cel")
        terminal.type("q")
        assert terminal.end() == 0
    finally:
        terminal.close()
    walk(home, programs)
