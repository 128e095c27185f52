"""Sockets that only the same user can open."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from tuiexplain.lab import local_socket
from tuiexplain.lab.errors import LabError

pytestmark = pytest.mark.usefixtures("runtime")


def test_the_socket_and_its_folder_are_the_users_alone() -> None:
    listening, path = local_socket.listen("follow")
    with listening:
        assert stat.S_IMODE(path.lstat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.lstat().st_mode) == 0o700
        assert local_socket.waiting("follow") == [path]
        connection = local_socket.connect(path)
        assert connection is not None
        with connection, listening.accept()[0] as accepted:
            assert local_socket.is_same_user(accepted)


def test_a_socket_whose_process_ended_is_taken_away() -> None:
    listening, path = local_socket.listen("follow")
    listening.close()
    assert local_socket.connect(path) is None
    assert local_socket.waiting("follow") == []


def test_a_folder_that_others_may_enter_is_refused(runtime: Path) -> None:
    folder = runtime / f"tuiexplain-{os.getuid()}"
    folder.mkdir(mode=0o755)
    folder.chmod(0o755)
    with pytest.raises(LabError, match="is open to others"):
        local_socket.folder()


def test_a_path_that_is_too_long_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = tmp_path / ("x" * 120)
    deep.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(deep))
    with pytest.raises(LabError, match="too long for a socket"):
        local_socket.listen("follow")
