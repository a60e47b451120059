"""The named pipe between a container's program and our thread: neither end waits for one that went."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from burnish.build.pipe import writer


@pytest.fixture
def path(tmp_path: Path) -> Path:
    os.mkfifo(tmp_path / "pipe")
    return tmp_path / "pipe"


def test_what_is_written_is_read(path: Path) -> None:
    data = os.urandom(3 << 20)
    with ThreadPoolExecutor(max_workers=1) as pool:
        read = pool.submit(path.read_bytes)
        with writer(path, given_up=threading.Event()) as sink:
            assert sink.write(data) == len(data)
        assert read.result() == data


def test_a_reader_that_never_comes_is_not_waited_for(path: Path) -> None:
    given_up = threading.Event()
    given_up.set()
    with pytest.raises(BrokenPipeError, match="nobody reads"), writer(path, given_up=given_up):
        pytest.fail("there is no reader")


def test_a_reader_that_goes_is_noticed(path: Path) -> None:
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    with writer(path, given_up=threading.Event()) as sink:
        os.close(reader)
        with pytest.raises(BrokenPipeError):
            sink.write(b"x")
