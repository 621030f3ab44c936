"""Signals in the midst of writing, SIGKILL among them, and disks that are full: no half file, and no loss."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from codelength.api import compress

COMMAND = [sys.executable, "-m", "codelength"]
TEXT = b"the quick brown fox jumps over the lazy dog. " * 30

FEEDS = {
    "compress": ["compress", "fifo", "-o", "target", "--code", "zlib", "--rm"],
    "decompress": ["decompress", "fifo", "-o", "target", "--rm"],
}


def unnamed_files(folder: Path) -> bool:
    """Whether the file system has them; where it has none, a killed process leaves a hidden file."""
    try:
        os.close(os.open(folder, os.O_TMPFILE | os.O_WRONLY))
    except (AttributeError, OSError):
        return False
    return True


def writing(process: subprocess.Popen[bytes], folder: Path) -> bool:
    """Whether the process has a file below `folder` open to write to, with a name or without."""
    links = Path(f"/proc/{process.pid}/fd")
    for link in links.iterdir():
        try:
            target = str(link.readlink())
        except OSError:
            continue
        if target.startswith(f"{folder.resolve()}/") and "fifo" not in target:
            return True
    return False


def heed_interrupts() -> None:
    """Undo what a shell does to whatever it starts in the background: SIGINT ignored, and children inherit that."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def stop(process: subprocess.Popen[bytes], sent: signal.Signals) -> bytes:
    """Send a signal until the process ends: Python misses one that comes just before it blocks in a read."""
    for _ in range(60):
        process.send_signal(sent)
        try:
            return process.communicate(timeout=1)[1]
        except subprocess.TimeoutExpired:
            continue
    raise AssertionError(f"{sent.name} does not stop it")


@pytest.mark.parametrize("command", FEEDS)
@pytest.mark.parametrize(
    ("sent", "code", "old"),
    [
        (signal.SIGINT, 130, False),
        (signal.SIGTERM, 143, False),
        (signal.SIGKILL, -9, False),
        (signal.SIGKILL, -9, True),
    ],
)
def test_who_is_stopped_leaves_no_half_file(
    tmp_path: Path, command: str, sent: signal.Signals, code: int, old: bool
) -> None:
    """The input comes through a pipe that does not end; with `old` a target is there and shall be replaced."""
    feed = TEXT if command == "compress" else compress(TEXT, code="kt")
    os.mkfifo(tmp_path / "fifo")
    if old:
        (tmp_path / "target").write_bytes(b"old")
    process = subprocess.Popen(
        [*COMMAND, *FEEDS[command], *(["-f"] if old else [])],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        preexec_fn=heed_interrupts,  # noqa: PLW1509 (this test starts no threads)
    )
    writer = os.open(tmp_path / "fifo", os.O_WRONLY)
    os.write(writer, feed)
    deadline = time.monotonic() + 60
    while not writing(process, tmp_path):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)
    complaint = stop(process, sent)
    os.close(writer)
    assert process.returncode == code
    assert b"Traceback" not in complaint
    left = {path.name for path in tmp_path.iterdir()}
    if sent == signal.SIGKILL and not unnamed_files(tmp_path):
        left = {name for name in left if not name.startswith(".codelength-")}
    assert left == {"fifo", "target"} if old else left == {"fifo"}
    assert not old or (tmp_path / "target").read_bytes() == b"old"


LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
sys.argv = ["codelength", *sys.argv[2:]]
from codelength.cli.main import run
run()
"""


@pytest.mark.parametrize("old", [False, True])
@pytest.mark.parametrize("command", ["compress", "decompress"])
def test_a_file_that_cannot_be_written_to_its_end_costs_nothing(tmp_path: Path, command: str, old: bool) -> None:
    """The system refuses to write beyond some bytes, as a full disk does: one line, exit 1, everything as it was."""
    source, target = ("text", "text.clen") if command == "compress" else ("text.clen", "text")
    content = os.urandom(200_000)
    (tmp_path / source).write_bytes(content if command == "compress" else compress(content, code="zlib"))
    before = (tmp_path / source).read_bytes()
    if old:
        (tmp_path / target).write_bytes(b"old")
    options = ["--code", "zlib"] if command == "compress" else []
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, "100000", command, source, "--rm", *options, *(["-f"] if old else [])],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == f"codelength: {target}: cannot be written (file too large)\n"
    assert (tmp_path / source).read_bytes() == before
    assert {path.name for path in tmp_path.iterdir()} == ({source, target} if old else {source})
    assert not old or (tmp_path / target).read_bytes() == b"old"


FULL = [
    (["--help"], None),
    (["--version"], None),
    (["codes"], None),
    (["codes", "--json"], None),
    (["bits", "text", "--code", "kt"], None),
    (["bits", "text", "--code", "kt", "--json"], None),
    (["shared", "text", "more", "--code", "zlib", "--json"], None),
    (["select", "-t", "text", "-p", "more", "--code", "zlib", "--json"], None),
    (["select", "--documents", "-t", "lines", "-p", "lines", "--code", "zlib", "--json"], None),
    (["compress", "-f", "text", "--code", "zlib", "--json"], None),
    (["compress", "-c", "text", "--code", "zlib"], None),
    (["decompress", "-f", "frame.clen", "--json"], None),
    (["decompress", "-c", "frame.clen"], None),
    (["test", "frame.clen", "--json"], None),
    (["test", "frame.clen"], None),
    (["list", "frame.clen", "--json"], None),
    (["generate", "--code", "kt", "-n", "9", "--json"], None),
    (["generate", "--code", "kt", "-n", "9"], None),
    (["program", "text", "-f", "-o", "program.py", "--json"], None),
    (["bits", "missing", "--json"], "missing: does not exist"),
]


FORKED = """
import json, os, sys
from codelength.cli.main import run
commands, told = json.loads(sys.argv[1]), []
for command in commands:
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.dup2(os.open("/dev/full", os.O_WRONLY), 1)
        os.dup2(writer, 2)
        sys.stdout, sys.stderr = (open(n, "w", closefd=False) for n in (1, 2))
        sys.argv = ["codelength", *command]
        try:
            run()
        except SystemExit as end:
            sys.stdout.flush()  # as Python does at its end: a traceback if that still fails
            os._exit(end.code)
    os.close(writer)
    told.append((open(reader).read(), os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])))
print(json.dumps(told))
"""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_a_full_stdout_is_one_line_and_exit_1(tmp_path: Path) -> None:
    (tmp_path / "text").write_bytes(TEXT)
    (tmp_path / "more").write_bytes(TEXT[::-1])
    (tmp_path / "lines").write_bytes(b"".join(b"the fox, line %d\n" % n for n in range(40)))
    (tmp_path / "frame.clen").write_bytes(compress(TEXT, code="zlib"))
    commands = json.dumps([args for args, _ in FULL])
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    done = subprocess.run(
        [sys.executable, "-c", FORKED, commands], cwd=tmp_path, env=buffered, capture_output=True, check=True
    )
    expected = [[f"codelength: {told or 'stdout: no space left on device'}\n", 1] for _, told in FULL]
    assert json.loads(done.stdout) == expected


def test_a_full_device_is_one_line_and_the_source_stays(tmp_path: Path) -> None:
    (tmp_path / "text").write_bytes(TEXT)
    done = subprocess.run(
        [*COMMAND, "compress", "text", "-o", "/dev/full", "--rm", "--code", "zlib"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == "codelength: /dev/full: cannot be written (no space left on device)\n"
    assert (done.returncode, (tmp_path / "text").read_bytes()) == (1, TEXT)
