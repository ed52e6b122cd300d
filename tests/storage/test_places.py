"""Where things are kept: named files, XDG directories, no home at all."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from cartwatch.storage import places as places_module
from cartwatch.storage.errors import PlacesError
from cartwatch.storage.places import places, watchlist_key
from cartwatch.storage.writing import own_directory


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """No home: HOME is given by the test, and the password database knows nobody."""
    real = places_module._home
    monkeypatch.setattr(places_module, "_home", lambda env: real(env) if os.path.isabs(env.get("HOME", "")) else None)


@pytest.mark.parametrize(
    ("file", "env", "watchlist", "named"),
    [
        ("mine.toml", {"CARTWATCH_FILE": "/other.toml", "HOME": "/h"}, "mine.toml", True),
        (None, {"CARTWATCH_FILE": "/other.toml", "HOME": "/h"}, "/other.toml", True),
        (None, {"CARTWATCH_FILE": "~/lists/w.toml", "HOME": "/h"}, "/h/lists/w.toml", True),
        (None, {"CARTWATCH_FILE": "", "HOME": "/h"}, "/h/.local/share/cartwatch/watchlist.toml", False),
        (None, {"HOME": "/h", "XDG_DATA_HOME": "/x"}, "/x/cartwatch/watchlist.toml", False),
        (None, {"HOME": "/h", "XDG_DATA_HOME": "relative"}, "/h/.local/share/cartwatch/watchlist.toml", False),
    ],
)
def test_the_watchlist(file: str | None, env: dict[str, str], watchlist: str, named: bool) -> None:
    found = places(file, env)
    assert (found.watchlist, found.named) == (watchlist, named)


def test_the_rest_is_where_the_platform_keeps_such_things(monkeypatch: pytest.MonkeyPatch) -> None:
    if sys.platform != "linux":
        pytest.skip("elsewhere platformdirs itself is asked")
    import platformdirs

    for env in ({"HOME": "/h"}, {"HOME": "/h", "XDG_CONFIG_HOME": "/c", "XDG_STATE_HOME": "/s", "XDG_CACHE_HOME": "/k"}):
        for variable in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"):
            monkeypatch.delenv(variable, raising=False)
        for variable, value in env.items():
            monkeypatch.setenv(variable, value)
        found = places(None, env)
        assert found.config == str(platformdirs.user_config_path("cartwatch") / "config.toml")
        assert found.state_dir == str(platformdirs.user_state_path("cartwatch"))
        assert found.cache_dir == str(platformdirs.user_cache_path("cartwatch"))
        assert found.watchlist == str(platformdirs.user_data_path("cartwatch") / "watchlist.toml")


def test_the_settings_can_be_named() -> None:
    assert places(None, {"HOME": "/h", "CARTWATCH_CONFIG": "/etc/c.toml"}).config == "/etc/c.toml"


def test_each_watchlist_has_its_own_files_whatever_it_is_called(tmp_path: Path) -> None:
    (tmp_path / "a.toml").touch()
    (tmp_path / "link.toml").symlink_to("a.toml")
    a, link, b = (places(str(tmp_path / name), {"HOME": "/h"}) for name in ("a.toml", "link.toml", "b.toml"))
    for of in ("lock", "journal", "backups_dir", "drafts_dir"):
        assert getattr(a, of) == getattr(link, of) != getattr(b, of)
        assert getattr(a, of).startswith("/h/.local/state/cartwatch/")
    assert len(watchlist_key(a.watchlist)) == 16


@pytest.mark.usefixtures("nobody")
@pytest.mark.parametrize("env", [{}, {"HOME": ""}, {"HOME": "relative"}])
def test_without_a_home_the_file_must_be_named(env: dict[str, str]) -> None:
    with pytest.raises(PlacesError, match="pass -f FILE") as caught:
        places(None, env)
    assert "\n" not in str(caught.value)


@pytest.mark.usefixtures("nobody")
def test_without_a_home_a_named_file_works_with_private_temporary_state(tmp_path: Path) -> None:
    found = places("w.toml", {"TMPDIR": str(tmp_path)})
    assert found.homeless is not None
    own_directory(found.state_dir)
    assert Path(found.state_dir).is_relative_to(tmp_path)
    assert stat.S_IMODE(os.stat(found.state_dir).st_mode) == 0o700
    assert places("w.toml", {"TMPDIR": str(tmp_path)}).state_dir == found.state_dir


@pytest.mark.usefixtures("nobody")
def test_a_temporary_directory_that_others_may_write_is_refused(tmp_path: Path) -> None:
    trap = tmp_path / f"cartwatch-{os.getuid()}"
    trap.mkdir()
    trap.chmod(0o777)
    with pytest.raises(PlacesError, match="belongs to somebody else"):
        _ = places("w.toml", {"TMPDIR": str(tmp_path)}).state_dir


def test_a_real_process_without_home_or_password_entry() -> None:
    if not hasattr(os, "getuid") or os.getuid() != 0:
        pytest.skip("only root may become a user that does not exist")
    code = """
import os
from cartwatch.storage.errors import PlacesError
from cartwatch.storage.places import places
os.setuid(54321)
try:
    places(None, {})
except PlacesError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], env={}, capture_output=True, text=True, timeout=20, check=False)
    assert done.stdout == "no home directory (HOME is not set, user 54321 is not in the password database); pass -f FILE\n"
    assert done.stderr == ""


@pytest.mark.parametrize("name", ["", "a\0b"])
def test_what_can_be_no_name_is_refused(name: str) -> None:
    with pytest.raises(PlacesError, match="-f FILE"):
        places(name, {"HOME": "/h"})


def test_only_the_default_directory_is_made(tmp_path: Path) -> None:
    places(None, {"HOME": str(tmp_path)}).make_watchlist_dir()
    made = tmp_path / ".local/share/cartwatch"
    assert [stat.S_IMODE(path.stat().st_mode) for path in (made, made.parent)] == [0o700, 0o700]
    places(str(tmp_path / "named/w.toml"), {}).make_watchlist_dir()
    assert not (tmp_path / "named").exists()


def test_finding_and_reading_a_watchlist_loads_no_heavy_module() -> None:
    source = str(Path(places_module.__file__).parents[2])
    code = f"""
import sys
sys.path.insert(0, {source!r})
from cartwatch.storage.places import places
from cartwatch.storage.reading import read_file
read_file(places(sys.argv[1], {{}}).watchlist)
places(None, {{"HOME": "/h"}}).state_dir
print([name for name in ("platformdirs", "hashlib", "pathlib", "tempfile", "tomli") if name in sys.modules])
"""
    arguments = [sys.executable, "-I", "-S", "-c", code, __file__]
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=20, check=True)
    assert done.stdout == "[]\n"
