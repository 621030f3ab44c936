"""What only a process of its own can show: terminals, pipes that close, start-up; signals: test_cli_killed."""

import io
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from codelength.cli.screen import Screen

COMMAND = [sys.executable, "-m", "codelength"]
TEXT = b"the quick brown fox jumps over the lazy dog. " * 30


@contextmanager
def terminal() -> Iterator[tuple[int, int]]:
    """(controller, terminal): what is written to the second can be read from the first."""
    controller, end = pty.openpty()
    try:
        yield controller, end
    finally:
        os.close(controller)
        os.close(end)


def read_terminal(controller: int) -> bytes:
    """What the terminal has been sent so far."""
    os.set_blocking(controller, False)
    parts = []
    try:
        while part := os.read(controller, 1 << 16):
            parts.append(part)
    except BlockingIOError:
        pass
    return b"".join(parts)


def test_frames_are_not_written_to_a_terminal_unless_forced(tmp_path: Path) -> None:
    (tmp_path / "text").write_bytes(TEXT)
    command = [*COMMAND, "compress", "-c", "text", "--code", "zlib"]
    with terminal() as (controller, end):
        done = subprocess.run(command, cwd=tmp_path, stdout=end, stderr=subprocess.PIPE, check=False)
        assert done.returncode == 1
        assert b"stdout is a terminal" in done.stderr
        assert read_terminal(controller) == b""
        forced = subprocess.run([*command, "-f"], cwd=tmp_path, stdout=end, stderr=subprocess.PIPE, check=False)
        assert forced.returncode == 0
        assert b"CL" in read_terminal(controller)


def test_stdin_is_not_read_from_a_terminal(tmp_path: Path) -> None:
    with terminal() as (_, end):
        done = subprocess.run(
            [*COMMAND, "compress", "--code", "zlib"], cwd=tmp_path, stdin=end, capture_output=True, check=False
        )
    assert done.returncode == 1
    assert b"stdin is a terminal" in done.stderr


def test_progress_only_where_stderr_is_a_terminal(tmp_path: Path) -> None:
    (tmp_path / "text").write_bytes(TEXT)
    command = [*COMMAND, "compress", "-f", "text", "--code", "zlib"]
    piped = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True)
    assert (piped.stdout, piped.stderr) == (b"", b"")
    with terminal() as (controller, end):
        environment = os.environ | {"TERM": "xterm", "COLUMNS": "200"}
        subprocess.run(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=end, env=environment, check=True)
        shown = read_terminal(controller)
        assert b"\x1b[" in shown
        assert b"text.clen" in shown
        subprocess.run([*command, "-q"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=end, env=environment, check=True)
        assert read_terminal(controller) == b""


def test_a_note_that_changes_moves_one_bar() -> None:
    screen, shown = Screen(), io.StringIO()
    screen.err = Console(file=shown, force_terminal=True, width=120)
    with screen.progress() as advance:
        for step in range(9):
            advance("training", step, 9, f"{step} bits")
        advance("saving", 1, 1)
    last = shown.getvalue().rsplit("\x1b[?25h", 1)[0].splitlines()[-2:]  # the bars as they were drawn last
    assert "training, 8 bits" in last[0] and "saving" in last[1]
    assert "0 bits" not in "".join(last)


def test_what_a_library_warns_of_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("".join(f"{k},{k % 3}\n" for k in range(60)))
    (tmp_path / "y.txt").write_text("".join(f"{k}\n" for k in range(60)))  # as many classes as labels
    command = [*COMMAND, "probe", "--features", "x.csv", "--labels", "y.txt", "-q"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("codelength: warning: The number of unique classes")


def test_a_reader_that_leaves_is_no_error_message() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([*COMMAND, "codes"], stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)
    assert done.returncode == 141
    assert done.stderr == b""


def test_a_terminal_that_cannot_show_a_name_is_no_reason_to_stop(tmp_path: Path) -> None:
    (tmp_path / "naïve").write_bytes(TEXT)
    done = subprocess.run(
        [*COMMAND, "bits", "naïve", "--code", "zlib"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"exact" in done.stdout


def test_the_shell_completes_commands_options_and_codes() -> None:
    def completed(words: str) -> str:
        environment = os.environ | {"_CODELENGTH_COMPLETE": "complete_bash", "COMP_WORDS": words}
        environment["COMP_CWORD"] = str(len(words.split(" ")) - 1)
        program = "import sys; sys.argv[0] = 'codelength'; from codelength.cli.main import run; run()"
        done = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False
        )
        return done.stdout

    assert completed("codelength comp").split() == ["compress"]
    assert "--given" in completed("codelength bits --g").split()
    assert completed("codelength bits --code z").split() == ["zlib", "zstd"]


def test_the_version() -> None:
    done = subprocess.run([*COMMAND, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("codelength ")
