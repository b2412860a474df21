"""Inputs and outputs by URL, through fsspec's memory and local file systems and a server that speaks S3."""

from __future__ import annotations

import gzip
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clean.errors import ConfigError
from clean.io import Item, find, read
from clean.io.remote import exists, is_url, upload


@pytest.fixture
def memory() -> Iterator[str]:
    filesystem = fsspec.filesystem("memory")
    yield "memory://crawl"
    filesystem.rm("/", recursive=True)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A server on this machine that speaks S3."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3(server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The URL of an empty directory in a new bucket."""
    import s3fs

    for key, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": server,
        "NO_PROXY": "127.0.0.1",
    }.items():
        monkeypatch.setenv(key, value)
    s3fs.S3FileSystem.clear_instance_cache()
    bucket = f"corpus-{tmp_path.name.replace('_', '-').lower()[-40:]}"
    s3fs.S3FileSystem().mkdir(bucket)
    yield f"s3://{bucket}/crawl"
    s3fs.S3FileSystem.clear_instance_cache()


@pytest.fixture(params=["memory", "file", "s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty directory, on each file system."""
    return f"file://{tmp_path}/crawl" if request.param == "file" else str(request.getfixturevalue(request.param))


def put(url: str, content: bytes) -> None:
    filesystem, path = fsspec.core.url_to_fs(url)
    filesystem.makedirs(path.rpartition("/")[0], exist_ok=True)
    filesystem.pipe_file(path, content)


def items(*urls: str, notes: list[str] | None = None) -> list[Item]:
    return list(read(find(urls), (notes if notes is not None else []).append))


def table(tmp_path: Path) -> bytes:
    pq.write_table(pa.table({"text": ["three", "four"]}), tmp_path / "x.parquet")
    return (tmp_path / "x.parquet").read_bytes()


def fill(place: str, tmp_path: Path) -> None:
    put(f"{place}/b/two.jsonl.gz", gzip.compress(b'{"text": "two"}\n'))
    put(f"{place}/a.txt", b"one")
    put(f"{place}/c.parquet", table(tmp_path))
    put(f"{place}/.hidden/x.txt", b"no")
    put(f"{place}/README.md", b"about")


def test_a_directory_gives_its_files_in_the_order_of_names(place: str, tmp_path: Path) -> None:
    fill(place, tmp_path)
    notes: list[str] = []
    found = items(place, notes=notes)
    assert [item.raw for item in found] == [b"one", "two", "three", "four"]
    assert found[0].name.endswith("crawl/a.txt")
    assert found[0].origin.path == found[0].name
    assert is_url(found[0].name)
    assert len(notes) == 1
    assert "README.md: left out" in notes[0]


def test_what_a_record_calls_its_source_can_be_read_again(place: str, tmp_path: Path) -> None:
    fill(place, tmp_path)
    path = items(place)[1].origin.path
    assert path is not None
    assert [item.raw for item in items(path)] == ["two"]


def test_a_pattern_gives_the_files_that_it_matches(place: str, tmp_path: Path) -> None:
    fill(place, tmp_path)
    assert [item.raw for item in items(f"{place}/*.txt")] == [b"one"]
    assert [item.raw for item in items(f"{place}/**/*.gz")] == ["two"]


def test_sizes_are_known_for_progress(place: str, tmp_path: Path) -> None:
    fill(place, tmp_path)
    assert [entry.size for entry in find([f"{place}/a.txt"])] == [3]
    assert items(f"{place}/a.txt", f"{place}/a.txt")[-1].position == 6


def test_what_is_not_there_is_an_error_in_its_place(place: str) -> None:
    put(f"{place}/a.txt", b"one")
    missing, none, good = items(f"{place}/nowhere.txt", f"{place}/*.warc", f"{place}/a.txt")
    assert missing.error is not None
    assert "No such file" in str(missing.error)
    assert str(none.error) == "no file matches the pattern"
    assert good.raw == b"one"


def test_a_file_that_is_gone_when_its_turn_comes_is_an_error(place: str) -> None:
    put(f"{place}/a.txt", b"one")
    inputs = list(find([f"{place}/a.txt"]))
    filesystem, path = fsspec.core.url_to_fs(f"{place}/a.txt")
    filesystem.rm_file(path)
    [item] = read(inputs)
    assert getattr(item.error, "kind", None) == "unreadable"


def test_an_upload_puts_a_file_in_its_place_and_leaves_nothing_else(place: str, tmp_path: Path) -> None:
    (tmp_path / "out.jsonl").write_bytes(b"new\n")
    url = f"{place}/deep/out.jsonl"
    assert not exists(url)
    for _ in range(2):
        upload(tmp_path / "out.jsonl", url)
        assert exists(url)
        filesystem, path = fsspec.core.url_to_fs(f"{place}/deep")
        assert [name.rpartition("/")[2] for name in filesystem.find(path)] == ["out.jsonl"]
    assert [item.raw for item in items(url.replace(".jsonl", ".*"))] == [b""]


def test_an_upload_that_fails_leaves_what_was_there(
    memory: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(f"{memory}/out.txt", b"old")
    (tmp_path / "out.txt").write_bytes(b"new")
    filesystem = fsspec.filesystem("memory")

    def full(*args: Any, **more: Any) -> None:
        raise RuntimeError("quota exceeded")

    monkeypatch.setattr(type(filesystem), "mv", full)
    with pytest.raises(OSError, match="quota exceeded"):
        upload(tmp_path / "out.txt", f"{memory}/out.txt")
    assert [item.raw for item in items(memory)] == [b"old"]


def test_an_error_of_the_network_while_reading_is_told_after_what_was_read(
    memory: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(f"{memory}/a.jsonl", b'{"text": "one"}\n' * 9)

    class Breaking:
        def __init__(self) -> None:
            self.parts = [b'{"text": "one"}\n{"te']

        def seekable(self) -> bool:
            return False

        def tell(self) -> int:
            return 0

        def close(self) -> None:
            pass

        def read(self, size: int) -> bytes:
            if not self.parts:
                raise RuntimeError("connection reset")
            return self.parts.pop()

    monkeypatch.setattr(type(fsspec.filesystem("memory")), "open", lambda *args, **more: Breaking())
    good, bad = items(f"{memory}/a.jsonl")
    assert good.raw == "one"
    assert bad.where.endswith("a.jsonl:2")
    assert "connection reset" in str(bad.error)


def test_a_missing_package_is_an_error_that_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fsspec", None)
    with pytest.raises(ConfigError, match=r"pip install 'clean-corpus\[remote\]'"):
        items("memory://a.txt")


def test_the_package_of_a_protocol_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "s3fs", None)
    monkeypatch.delitem(sys.modules["fsspec.registry"]._registry, "s3", raising=False)
    with pytest.raises(ConfigError, match=r"s3://b/a: needs another package: pip install 'clean-corpus\[s3\]'"):
        items("s3://b/a")


def test_an_unknown_protocol_is_an_error() -> None:
    with pytest.raises(ConfigError, match="nothing://a"):
        items("nothing://a")


@pytest.mark.parametrize("name", ["a.txt", "C:/x", "http:", "a:b/c", "dir/s3://x"])
def test_names_of_local_files_are_no_urls(name: str) -> None:
    assert not is_url(name)
