"""Kafka's jars: every byte as pinned, whatever a mirror or the disk does."""

import hashlib
import os
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from deploy.embedded import CannotStart
from deploy.embedded.jars import Jar, checked_jars, pinned_jars

CONTENT = b"what the jar holds"
JAR = Jar(group="org.example", artifact="a-jar", version="1.0", sha256=hashlib.sha256(CONTENT).hexdigest())


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Says nothing to the terminal."""


@pytest.fixture
def mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of a Maven repository that is the only one jgo asks."""
    folder = tmp_path / "mirror"
    folder.mkdir()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder)) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        settings = tmp_path / "jgo.conf"
        settings.write_text(f"[repositories]\ncentral = http://127.0.0.1:{server.server_port}\n")
        monkeypatch.setenv("JGO_CONFIG_FILE", str(settings))
        yield folder
        server.shutdown()
        thread.join()


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """Where the jars end up."""
    folder = tmp_path / "jars"
    folder.mkdir()
    return folder


def offer(mirror: Path, content: bytes) -> None:
    """Put the jar into the mirror."""
    folder = mirror / "org/example/a-jar/1.0"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / JAR.file_name).write_bytes(content)


def withdraw(mirror: Path) -> None:
    """Take the jar out of the mirror, so that fetching it again would fail."""
    (mirror / "org/example/a-jar/1.0" / JAR.file_name).unlink()


async def test_a_missing_jar_is_fetched_and_a_right_one_is_left_alone(mirror: Path, cache: Path) -> None:
    offer(mirror, CONTENT)

    [path] = await checked_jars([JAR], cache)
    assert path.read_bytes() == CONTENT

    withdraw(mirror)
    assert await checked_jars([JAR], cache) == [path]


async def test_an_altered_jar_is_fetched_again_even_when_size_and_time_are_the_same(mirror: Path, cache: Path) -> None:
    offer(mirror, CONTENT)
    [path] = await checked_jars([JAR], cache)
    before = path.stat()
    path.write_bytes(CONTENT.swapcase())
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    await checked_jars([JAR], cache)

    assert path.read_bytes() == CONTENT


async def test_a_right_jar_whose_times_changed_is_kept(mirror: Path, cache: Path) -> None:
    offer(mirror, CONTENT)
    [path] = await checked_jars([JAR], cache)
    withdraw(mirror)
    path.touch()

    assert await checked_jars([JAR], cache) == [path]


async def test_a_mirror_that_serves_another_jar_is_refused_and_nothing_is_kept(mirror: Path, cache: Path) -> None:
    offer(mirror, b"something else")

    with pytest.raises(CannotStart, match=rf"org\.example:a-jar:1\.0 came with SHA-256 .* pins {JAR.sha256}"):
        await checked_jars([JAR], cache)

    assert os.listdir(cache) == []


async def test_a_jar_that_no_repository_has_is_named_and_the_next_try_succeeds(mirror: Path, cache: Path) -> None:
    with pytest.raises(CannotStart, match=r"org\.example:a-jar:1\.0 is not in the cache and could not be fetched"):
        await checked_jars([JAR], cache)

    assert os.listdir(cache) == []
    offer(mirror, CONTENT)
    assert await checked_jars([JAR], cache) == [cache / JAR.file_name]


def test_every_jar_is_pinned_and_names_no_host() -> None:
    jars = pinned_jars()

    assert len({jar.file_name for jar in jars}) == len(jars)
    assert all(len(jar.sha256) == 64 for jar in jars)
    assert {"kafka_2.13-4.3.1.jar", "kafka-clients-4.3.1.jar"} <= {jar.file_name for jar in jars}
