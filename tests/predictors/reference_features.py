"""What contexts see of the past, in plain Python: written from the definitions, not compiled.

Registers of `mixing.state` are attributes here, by their names. Where a definition can be read off the past (columns,
lines, recent bytes) it is; hashes and runs of classes are kept up byte by byte.
"""

from codelength.predictors.hashing import M32, MULTIPLIERS
from codelength.predictors.mixing import state as layout

MASK32 = int(M32)
MULTIPLIER = [int(m) for m in MULTIPLIERS]
DEEPEST = 30
NAMES = """
    nothing recent older last before third word word1 word2 word_length gap capital tag number letters first_word
    classes shape bracket column line_start line_hash above above_next follow1 follow2 follow3 position_in_word
    classes_pair
"""
BY_REGISTER = {getattr(layout, name.upper()): name for name in NAMES.split()}

CLASS_OF = {
    **dict.fromkeys(range(32), 12),
    **{ord(each): 5 for each in "\n\r"},
    **{ord(each): 4 for each in " \t"},
    **dict.fromkeys(range(ord("a"), ord("z") + 1), 1),
    **dict.fromkeys(range(ord("A"), ord("Z") + 1), 2),
    **dict.fromkeys(range(ord("0"), ord("9") + 1), 3),
    **{ord(each): 6 for each in ".,;:!?"},
    **{ord(each): 7 for each in "([{<"},
    **{ord(each): 8 for each in ")]}>"},
    **{ord(each): 9 for each in "'\""},
    **{ord(each): 13 for each in "=+-*/|&"},
    **{ord(each): 14 for each in "#$%@\\^_`~"},
    127: 12,
    **dict.fromkeys(range(128, 192), 11),
    **dict.fromkeys(range(192, 256), 10),
}


def chained(h: int, value: int, multiplier: int) -> int:
    return (h + value) * MULTIPLIER[multiplier] & MASK32


class Features:
    """All registers of the past, after each byte."""

    def __init__(self, detail: bool) -> None:
        self.detail = detail
        self.past = bytearray()
        for name in BY_REGISTER.values():
            setattr(self, name, 0)
        self.new_capital, self.in_tag = 0, False
        self.brackets: list[int] = []
        self.followed: list[dict[int, int]] = [{}, {}, {}]

    def of(self, register: int) -> int:
        value: int = getattr(self, BY_REGISTER[register])
        return value

    def see(self, byte: int) -> None:
        if self.detail:
            for followed, key, kept in zip(self.followed, self.keys(), (3, 2, 2), strict=True):
                followed[key] = (followed.get(key, 0) << 8 | byte) & ((1 << 8 * kept) - 1)
        self.past.append(byte)
        self.last = byte
        self.recent = int.from_bytes(self.past[-4:], "big")
        self.older = int.from_bytes(self.past[-8:-4], "big")
        lower = byte + 32 if chr(byte) in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" else byte
        letter = CLASS_OF[lower] in (1, 10, 11)
        if not self.detail:
            self.word = chained(self.word, lower, 0) if letter else 0
            return
        self.before, self.third = self.recent >> 8 & 255, self.recent >> 16 & 255
        self.follow1, self.follow2, self.follow3 = (
            followed.get(key, 0) for followed, key in zip(self.followed, self.keys(), strict=True)
        )
        self.see_word(byte, lower, letter)
        self.see_markup(byte)
        self.see_line(byte)
        self.see_shape(byte)

    def keys(self) -> tuple[int, int, int]:
        """Contexts of order 1, 2 and 3, the last hashed to 16 bits."""
        return self.last, self.recent & 0xFFFF, (self.recent & 0xFFFFFF) * MULTIPLIER[1] % 2**32 // 2**16

    def see_word(self, byte: int, lower: int, letter: bool) -> None:
        if letter:
            self.word = chained(self.word, lower, 0)
            self.word_length += 1
            self.letters = (self.letters << 8 | lower) & MASK32
            self.gap = 0
            if lower != byte or self.new_capital:
                self.new_capital = chained(self.new_capital, lower, 4)
            return
        if self.word:
            self.word, self.word1, self.word2, self.word_length = 0, self.word, self.word1, 0
            self.first_word = self.first_word or self.word1
        self.gap = chained(self.gap, byte + 1, 2)
        self.capital, self.new_capital = self.new_capital or self.capital, 0

    def see_markup(self, byte: int) -> None:
        """Numbers, which points and commas do not end, and the tag that `<` opens, up to `>` or a blank."""
        if CLASS_OF[byte] == 3:
            self.number = chained(self.number, byte, 3)
        elif byte not in b".,":
            self.number = 0
        if byte in b"<> ":
            self.in_tag = byte in b"<"
            self.tag = 0 if self.in_tag else self.tag
        elif self.in_tag:
            self.tag = chained(self.tag, byte, 0)

    def see_line(self, byte: int) -> None:
        past = self.past
        start = past.rfind(b"\n") + 1
        above_start = past.rfind(b"\n", 0, max(start - 1, 0)) + 1
        column = len(past) - start
        self.column = min(column, 255)
        self.line_start = int.from_bytes(past[start : start + 2], "big")
        self.line_hash = chained(self.line_hash, byte + 1, 5) if column else 0
        self.first_word = self.first_word if column else 0
        at = above_start + column
        above = [*past[at : min(at + 2, start)], 10, 10]
        self.above, self.above_next = above[:2]

    def see_shape(self, byte: int) -> None:
        kind = CLASS_OF[byte]
        self.classes = (self.classes << 4 | kind) & MASK32
        self.classes_pair = self.classes & 255
        if kind != self.shape & 15:
            self.shape = (self.shape << 4 | kind) & MASK32
        self.position_in_word = min(self.word_length, 15) << 4 | (self.shape >> 4 & 15)
        stack = self.brackets
        if kind == 7:
            del stack[DEEPEST - 1 :]
            stack.append(byte)
        elif stack:
            closes = stack[-1] == ord("<") if byte == ord(">") else kind == 8
            if closes or (byte == 10 and stack[-1] != ord("{")):
                stack.pop()
        inner, outer = [*[each >> 4 & 7 for each in stack[:-3:-1]], 0, 0][:2]
        self.bracket = inner | (len(stack) & 1) << 3 | outer << 4
