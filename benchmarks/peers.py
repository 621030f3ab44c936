"""The peers of the benchmarks: compressors that people install, and how each is run here.

Three kinds. Codes of our own catalogue that wrap a library (`LIBRARIES`): their bare streams, so a few bytes less than
the library's own container. Programs (`TOOLS`), used where they are found on PATH and left out where they are not; none
is needed for anything else: `apt-get install zpaq lrzip 7zip xdelta3 zstd`. And figures of programs that no package
registry has (`QUOTED`), measured on another two-core machine on the same files and always marked as quoted.

A program runs in a folder of its own. Its processor time and its most memory are the kernel's account of the finished
child (wait4), so its start, its reading and its writing are in it: on files of a few kilobytes that is all there is.
"""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

LIBRARIES = {
    "zlib": "zlib",
    "bz2": "bz2",
    "xz -9e": "lzma",
    "zstd --ultra -22 --long=27": "zstd:level=22,window=27",
    "brotli -q11 -w24": "brotli",
    "PPMd o6": "ppmd:order=6,memory=28",
    "PPMd o16": "ppmd:order=16,memory=28",
}
"""Name -> spec in the catalogue."""

REFERENCE = "xz -9e"
"""The peer whose processor time is the unit of the quoted ones."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A program: how it packs the file `data`, and how it gives it back.

    Parameters
    ----------
    name
        As it is printed.
    pack, packed
        The command, and the file that it writes.
    unpack, back
        The command that is run with only `packed` in the folder, and the file that it writes.
    """

    name: str
    pack: str
    packed: str
    unpack: str
    back: str

    @property
    def program(self) -> str:
        """What has to be on PATH."""
        return self.pack.split()[0]

    @property
    def path(self) -> str | None:
        """Where it is, if it is there."""
        return shutil.which(self.program)


TOOLS = (
    Tool(
        "zpaq -m5",
        "zpaq a packed.zpaq data -m5 -t1 -noattributes",
        "packed.zpaq",
        "zpaq x packed.zpaq -to out/ -t1",
        "out/data",
    ),
    Tool(
        "zpaq -m4",
        "zpaq a packed.zpaq data -m4 -t1 -noattributes",
        "packed.zpaq",
        "zpaq x packed.zpaq -to out/ -t1",
        "out/data",
    ),
    Tool("lrzip -z", "lrzip -q -z -L9 -p1 data -o packed.lrz", "packed.lrz", "lrzip -q -d -p1 packed.lrz", "packed"),
    Tool(
        "7z PPMd o32",
        "7zz a -bso0 -bsp0 -mmt=1 -m0=PPMd:o=32:mem=512m packed.7z data",
        "packed.7z",
        "7zz x -bso0 -bsp0 packed.7z",
        "data",
    ),
    Tool("bsc -e2", "bsc e data packed -b1024 -e2 -T", "packed", "bsc d packed back -T", "back"),
    Tool(
        "kanzi -l 9", "kanzi -c -i data -o packed -l 9 -b 1g -j 1", "packed", "kanzi -d -i packed -o back -j 1", "back"
    ),
    Tool("mcm -x11", "mcm -x11 data packed", "packed", "mcm d packed back", "back"),
    Tool("lpaq1 7", "lpaq1 7 data packed", "packed", "lpaq1 d packed back", "back"),
    Tool("paq8px -8", "paq8px -8 data packed", "packed", "paq8px -d packed back", "back"),
    Tool("cmix", "cmix -c data packed", "packed", "cmix -d packed back", "back"),
)


@dataclass(frozen=True, slots=True)
class Quoted:
    """Figures of a peer that cannot be installed here: bytes by set, and processor time in units of `xz -9` on enwik6.

    Measured elsewhere on the same files (enwik8_first4M with 336 bytes more: their bytes are that little too high), or
    where `printed` names the set printed on the program's own pages.
    """

    times: float
    sizes: dict[str, int]
    printed: tuple[str, ...] = ()


QUOTED = {
    "bsc -e2": Quoted(
        0.2,
        {"enwik6": 254_384, "enwik8_first4M": 1_008_608, "calgary": 769_884, "canterbury": 457_626}
        | {"dickens": 2_254_232, "ooffice": 2_553_156, "mr": 2_202_390},
    ),
    "kanzi -l 9": Quoted(
        5,
        {"enwik6": 231_564, "enwik8_first4M": 913_012, "calgary": 698_602, "canterbury": 415_687}
        | {"dickens": 2_140_181, "ooffice": 1_726_412, "mr": 2_148_533},
    ),
    "zpaq -m5": Quoted(
        5,
        {"enwik6": 229_980, "enwik8_first4M": 908_637, "calgary": 682_133}
        | {"dickens": 2_094_764, "ooffice": 1_766_571, "mr": 2_181_326},
    ),
    "lpaq1 7": Quoted(
        3,
        {"enwik6": 226_937, "enwik8_first4M": 910_338, "calgary": 697_905, "canterbury": 391_324}
        | {"dickens": 2_190_092, "ooffice": 2_253_226, "mr": 2_204_704, "paper5": 4_141},
    ),
    "paq8px -8": Quoted(330, {"enwik6": 195_006, "calgary": 576_710, "canterbury": 305_171}, ("calgary", "canterbury")),
    "paq8px -8L": Quoted(
        758, {"enwik6": 193_600, "calgary": 572_195, "canterbury": 303_457}, ("calgary", "canterbury")
    ),
    "paq8px -12L": Quoted(
        758, {"dickens": 1_860_101, "ooffice": 1_212_236, "mr": 1_750_655}, ("dickens", "ooffice", "mr")
    ),
    "cmix": Quoted(4360, {"enwik6": 192_974, "calgary": 577_728, "canterbury": 307_705}, ("calgary", "canterbury")),
}
"""Those that stand in for a program that is not found."""


@dataclass(frozen=True, slots=True)
class Used:
    """What a finished child has used: processor seconds (user and system), and its most memory in MB."""

    seconds: float
    peak_mb: float


def run(command: str | Sequence[str], folder: Path) -> Used:
    """Run a program in a folder. Raises `RuntimeError` with the end of what it said when it fails."""
    words = shlex.split(command) if isinstance(command, str) else list(command)
    log = folder / ".said"
    with log.open("wb") as said:
        child = subprocess.Popen(words, cwd=folder, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    text = log.read_text(errors="replace").strip()
    log.unlink()
    if child.returncode:
        raise RuntimeError(f"{' '.join(words)}: exit status {child.returncode}: {text[-200:]}")
    return Used(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3))


def version(program: str | None) -> str:
    """Which build of a program this is: a digest of its file."""
    return blake2b(Path(program).read_bytes(), digest_size=6).hexdigest() if program else ""
