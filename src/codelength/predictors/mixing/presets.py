"""The models that have a name: `fast`, `default` and `max`, one line for each context.

What is here was chosen by adding and dropping one line at a time over prose, markup, sources, news and machine code,
never on one file alone; `python -m benchmarks.ablation` prints what each line is worth now.
"""

from __future__ import annotations

from dataclasses import replace

from codelength.predictors.mixing import state as layout
from codelength.predictors.mixing.contexts import (
    ABOVE,
    ABOVE_NEXT,
    BRACKET,
    CAPITAL,
    CLASSES,
    COLUMN,
    FIRST_WORD,
    FOLLOW1,
    FOLLOW2,
    FOLLOW3,
    GAP,
    LETTERS,
    LINE_HASH,
    LINE_START,
    NUMBER,
    SHAPE,
    TAG,
    WITH_DEPTH,
    WITH_MATCH,
    WITH_PARTIAL,
    WORD,
    WORD1,
    WORD2,
    WORD_LENGTH,
    Context,
    Model,
    Selector,
    last,
    recent,
)

_PARTIAL = Selector("partial byte", layout.NOTHING, 1, WITH_PARTIAL)
_LAST = Selector("last byte", layout.LAST, 256)
_KNOWN = Selector("which contexts are known", layout.KNOWN, 256)
_MATCH = Selector("match", layout.MATCH_ROW, 88)

FAST = Model(
    contexts=(
        Context("order 1", last(1)),
        Context("order 2", last(2)),
        Context("order 3", last(3)),
        Context("order 4", last(4)),
        Context("word", last(1), WORD),
    ),
    selectors=(_PARTIAL,),
    memory=22,
    slots_per_byte=16,
    detail=False,
)

DEFAULT = Model(
    contexts=(
        Context("order 0"),
        Context("order 1", last(1)),
        Context("order 2", last(2), known=True),
        Context("order 3", last(3), known=True),
        Context("order 4", last(4), known=True),
        Context("order 5", last(5), known=True),
        Context("order 6", last(6), known=True),
        Context("word", last(1), WORD, known=True),
        Context("word pair", WORD, WORD1, known=True),
        Context("skip pair", WORD, WORD2, known=True),
        Context("word triple", WORD, WORD1, WORD2),
        Context("previous word", last(1), WORD1),
        Context("words and gap", GAP, WORD1, WORD),
        Context("bytes 2-3", recent(0xFFFF00)),
        Context("bytes 3-4", recent(0xFFFF0000)),
        Context("high halves", recent(0xF0F0F0FF)),
        Context("column", COLUMN, last(1)),
        Context("above", last(1), ABOVE & 0xFF, COLUMN),
        Context("above, classes", CLASSES & 0xFFF, ABOVE),
        Context("followed order 1", FOLLOW1, last(1)),
        Context("followed order 2", FOLLOW2 & 0xFF, last(1)),
        Context("followed order 3", FOLLOW3, last(1)),
        Context("classes", CLASSES),
        Context("classes, last byte", CLASSES, last(1)),
        Context("classes, column", CLASSES & 0xFF, COLUMN),
        Context("shape, word", SHAPE & 0xFFFF, WORD),
        Context("shape, length", SHAPE & 0xFF, WORD_LENGTH),
        Context("bracket", BRACKET, last(1)),
        Context("bracket, word", BRACKET, WORD),
        Context("bracket, shape", BRACKET, SHAPE),
        Context("line start", LINE_START, WORD),
        Context("gap, word", WORD, GAP, last(1)),
        Context("number", NUMBER, last(1), CLASSES & 0xFF),
        Context("tag", TAG, WORD),
    ),
    selectors=(
        _PARTIAL,
        _LAST,
        _KNOWN,
        _MATCH,
        Selector("byte before", layout.BEFORE, 256),
        Selector("last two classes", layout.CLASSES_PAIR, 256),
        Selector("position in word", layout.POSITION_IN_WORD, 256),
        Selector("open brackets", layout.BRACKET, 128),
    ),
    memory=23,
)

FINE = replace(
    DEFAULT,
    counted=(
        Context("order 1", last(1)),
        Context("order 2", last(2)),
        Context("order 3", last(3)),
        Context("order 4", last(4)),
        Context("order 5", last(5)),
    ),
    rate=2,
    count_rows=16,
    final_rows=15,
    fine=True,
)
"""The default for large texts: there is time for it, as a long stream runs faster, and few bytes more."""

MAX = Model(
    contexts=(
        *DEFAULT.contexts,
        Context("order 7", last(7)),
        Context("order 8", last(8)),
        Context("bytes 2 and 4", recent(0xFF00FF00)),
        Context("bytes 1 and 3", recent(0xFF00FF)),
        Context("followed order 1, 2", FOLLOW1 & 0xFFFF, FOLLOW2 & 0xFF),
        Context("followed order 2, order 2", FOLLOW2, last(2)),
        Context("followed order 2, classes", FOLLOW2, CLASSES & 0xFFF),
        Context("followed order 3, word", FOLLOW3 & 0xFF, WORD),
        Context("followed order 1, word", FOLLOW1 & 0xFFFF, WORD),
        Context("above, order 1", last(1), ABOVE),
        Context("above, order 2", last(2), ABOVE, ABOVE_NEXT),
        Context("above, shape", SHAPE, ABOVE),
        Context("line so far", LINE_HASH),
        Context("line start, column", LINE_START, COLUMN, last(1)),
        Context("line start, order 2", LINE_START, last(2)),
        Context("line start, shape", LINE_START, SHAPE),
        Context("first word, word", FIRST_WORD, WORD),
        Context("first word, shape", FIRST_WORD, SHAPE & 0xFFF, last(1)),
        Context("capital, word", CAPITAL, WORD),
        Context("capital, order 2", CAPITAL, last(2)),
        Context("capital, previous word", CAPITAL, WORD1, last(1)),
        Context("previous word, gap", WORD1, GAP),
        Context("previous words, gap", WORD1, WORD2, GAP, WORD),
        Context("previous word, length", WORD1, WORD_LENGTH),
        Context("order 3, word before last", last(3), WORD2),
        Context("order 3, previous word", last(3), WORD1),
        Context("bracket, order 2", BRACKET, last(2)),
        Context("bracket, line start", BRACKET, LINE_START, last(1)),
        Context("bracket, shape, column", BRACKET, SHAPE & 0xFFFF, COLUMN),
        Context("bracket, previous word", BRACKET, WORD1, last(1)),
        Context("classes, word", CLASSES & 0xFFFF, WORD),
        Context("shape", SHAPE),
        Context("shape, words", SHAPE & 0xFFF, WORD, WORD1),
        Context("shape, tag", SHAPE, TAG),
        Context("tag, order 3", TAG, last(3)),
        Context("letters", LETTERS, last(1)),
    ),
    selectors=(
        *DEFAULT.selectors,
        Selector("third byte", layout.THIRD, 256),
        Selector("place in the line", layout.COLUMN, 256),
        Selector("classes and depth", layout.CLASSES_PAIR, 256, WITH_DEPTH),
        Selector("last byte and match", layout.LAST, 256, WITH_MATCH),
        Selector("expected byte", layout.EXPECTED, 512),
        Selector("length of the match", layout.LENGTH_CLASS, 32, WITH_MATCH),
    ),
    counted=(
        Context("order 0"),
        *FINE.counted,
        Context("word", last(1), WORD),
        Context("word pair", WORD, WORD1),
        Context("skip pair", WORD, WORD2),
        Context("previous word", last(1), WORD1),
        Context("bytes 2-3", recent(0xFFFF00)),
        Context("followed order 2", FOLLOW2 & 0xFF, last(1)),
        Context("classes, last byte", CLASSES, last(1)),
        Context("shape, word", SHAPE & 0xFFFF, WORD),
        Context("line start", LINE_START, WORD),
        Context("column", COLUMN, last(1)),
    ),
    rate=1,
    memory=26,
    slots_per_byte=128,
    fine=True,
)

PRESETS = {"fast": FAST, "default": DEFAULT, "max": MAX}
