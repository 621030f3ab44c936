"""Words of two languages matched from monolingual text: how many are right, what the match saves, when it abstains.

    python -m benchmarks.words                       8 min of one core; rows that are there stay
    python -m benchmarks.words --only en-fr          only rows whose key has this in it

Captions: the first half of multi30k's training captions in one language, the second half in the other, so that no
caption has its translation on the other side. P@1: the share of the n most frequent words whose partner is the gold
(`benchmarks.words_gold`), among those that have one; with Wilson's 95 % interval, which does not see that words of one
text are not independent. Bands of rank say as well how many of the gold partners stand among y's words at all, and how
often: no method finds the others. The method was developed on en-fr's gold, and en-de's was looked at on the way; what
was added later (kin, sides, weights, compounds, the way back, witnesses, the last round) was chosen on the other halves
of en-de and en-fr, x being the second and y the first (`--development` shows them); de-fr was not looked at. What a
partner costs was changed after all rows had been seen once: it moves bits, not partners.
With pairs: how far the gold is reached where captions may be paired: by the best Dice partner in one half's aligned
captions (which are half of what the gold is made of), and how often the two halves, apart, name the same partner.
Abstention: the same with one side's words shuffled, system logs, or another subject. Paragraphs: 120 of `languages`
against the other 120, and all 240 against the same 240, as if nobody knew that they are translations. Amount: 500 to
14,500 captions a side, of the other halves, for how much text it takes. Translation: held-out captions word by word,
with BLEU-1 against the true ones beside a frequency-rank map.
Writes benchmarks/records/words.json.
"""

import argparse
import itertools
import json
import random
import resource
import time
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.real_data import DATA
from benchmarks.rows import SOURCE, Row, Rows
from benchmarks.words_gold import bleu1, captions, dictionary, gold, paragraphs, precision
from benchmarks.words_peers import by_rank, transport
from codelength.measures import wilson
from codelength.tasks.match.words import WordMatch, match_words
from codelength.tasks.match.words_counts import language, split_words

RECORD = Path(__file__).parent / "records" / "words.json"
DEPTHS = (100, 300, 1000, 3000)
SPLIT = 14_500
ENDS = ("en-de", "en-es", "es-ro", "en-ru", "en-tr", "en-zh")
PEER_SIZES = (100, 200, 300)
AMOUNTS = (500, 1000, 2000, 4000, 8000, 14_500)
BANDS = (0, 100, 300, 1000, 1500, 2000, 3000)


def halves(pair: str, *, other: bool = False) -> tuple[list[str], list[str]]:
    """The first half of x's captions and the second of y's; or the other way round."""
    x, y = pair.split("-")
    if other:
        return captions(x)[SPLIT:], captions(y)[:SPLIT]
    return captions(x)[:SPLIT], captions(y)[SPLIT:]


def figures(match: WordMatch, taken: float, busy: float) -> Row:
    """The bits of a match and what it took; memory is the most that this process has had so far."""
    return {
        "found": match.found,
        "complete": match.complete,
        "unmatched": match.unmatched.bits,
        "map": match.map_bits.bits,
        "matched": match.matched.bits,
        "saved": match.saved.bits,
        "size": match.size,
        "restarts": list(match.restarts),
        "seconds": taken,
        "processor_seconds": busy,
        "peak_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def timed(x: list[str], y: list[str], **options: Any) -> tuple[WordMatch, Row]:
    """A match and its figures."""
    begun, busy = time.perf_counter(), time.process_time()
    match = match_words(x, y, **options)
    return match, figures(match, time.perf_counter() - begun, time.process_time() - busy)


def right(match: WordMatch, known: dict[str, set[str]], depths: tuple[int, ...]) -> list[Row]:
    """P@1 at several depths, and for the pairs that pay for themselves."""
    out: list[Row] = []
    for depth in depths:
        hits, of = precision(match.pairs, known, depth)
        share = hits / max(of, 1)
        out.append({"words": depth, "of": of, "p_at_1": share, "interval": wilson(share, max(of, 1))})
    paying = [pair for pair in match.pairs if pair.bits > 0]
    hits, of = precision(paying, known, len(paying))
    out.append({"words": f"{len(paying)} that pay", "of": of, "p_at_1": hits / max(of, 1)})
    return out


def bands(match: WordMatch, known: dict[str, str], y_lines: list[str]) -> list[Row]:
    """P@1 by rank in x, and how far y's text allows it: shares of the gold partners among the words of y, and among
    those of five occurrences or more.
    """
    of_y = language(y_lines)
    counts = dict(zip(of_y.words, of_y.counts.tolist(), strict=True))
    out = []
    for low, high in itertools.pairwise(BANDS):
        words = [pair for pair in match.pairs[low:high] if pair.word in known]
        if words:
            there = [counts.get(known[pair.word], 0) for pair in words]
            hits = sum(pair.partner == known[pair.word] for pair in words)
            row: Row = {"ranks": [low, high], "of": len(words), "p_at_1": hits / len(words)}
            row["counts"] = [words[0].count, words[-1].count]
            row["in_y"], row["five_in_y"] = (sum(count >= least for count in there) / len(words) for least in (1, 5))
            out.append(row)
    return out


def singles(partners: dict[str, str]) -> dict[str, set[str]]:
    """A gold of one partner a word as a gold of sets."""
    return {word: {partner} for word, partner in partners.items()}


def of_development(pair: str) -> Row:
    """The halves that choices were made on."""
    x, y = pair.split("-")
    match, row = timed(*halves(pair, other=True), vocabulary=3000)
    known = gold(captions(x), captions(y))
    row["dice"] = right(match, singles(known), DEPTHS)
    row["bands"] = bands(match, known, halves(pair, other=True)[1])
    return row


def of_amount(pair: str, lines: int) -> Row:
    """So many captions a side, of the other halves: how much text it takes."""
    x, y = halves(pair, other=True)
    match, row = timed(x[:lines], y[:lines], vocabulary=300)
    row["dice"] = right(match, singles(gold(*(captions(side) for side in pair.split("-")))), (100, 300))
    row["tokens"] = [int(language(side[:lines]).counts.sum()) for side in (x, y)]
    return row


def with_pairs(pair: str) -> Row:
    """The gold from one half's aligned captions, and from two halves that know nothing of each other."""
    x, y = (captions(side) for side in pair.split("-"))
    known = gold(x, y)
    first, second = gold(x[:SPLIT], y[:SPLIT], 0.0), gold(x[SPLIT:], y[SPLIT:], 0.0)
    ranked = language(x[:SPLIT]).words
    row: Row = {"depths": []}
    for depth in DEPTHS:
        words = [word for word in ranked[:depth] if word in known]
        half = sum(second.get(word) == known[word] for word in words)
        same = sum(word in first and first[word] == second.get(word) for word in words)
        row["depths"].append({"words": depth, "of": len(words), "half": half / len(words), "same": same / len(words)})
    return row


def of_captions(pair: str, spelling: bool, words: int) -> Row:
    """One pair of languages, with the translation of held-out captions."""
    x, y = pair.split("-")
    match, row = timed(*halves(pair), vocabulary=words, spelling=spelling)
    depths = tuple(depth for depth in DEPTHS if depth <= words)
    known = gold(captions(x), captions(y))
    row["dice"] = right(match, singles(known), depths)
    row["bands"] = bands(match, known, halves(pair)[1])
    row["dictionary"] = right(match, dictionary(pair), depths)
    source, true = (captions(side, "test_2016_flickr") for side in (x, y))
    rank = by_rank(*(language(side) for side in halves(pair)), words)
    said = [match.translate(line).split() for line in source]
    guessed = [[rank.get(word, word) for word in split_words(line)] for line in source]
    truth = [split_words(line) for line in true]
    row["bleu1"], row["bleu1_rank"] = bleu1(said, truth), bleu1(guessed, truth)
    row["examples"] = [[source[k], " ".join(said[k]), true[k]] for k in range(0, 1000, 100)]
    row["pairs"] = [[pair.word, pair.partner, round(pair.bits, 1)] for pair in match.pairs[:100:4]]
    return row


def of_nothing(what: str) -> Row:
    """English captions where there is nothing to find."""
    x, y = halves("en-fr")
    if what == "logs":
        files = sorted((DATA / "logs").glob("*.log"))
        y = [line for file in files for line in file.read_text("utf-8", "replace").splitlines()]
    elif what == "French, shuffled":
        y = shuffled(y)
    elif what == "Spanish paragraphs":
        y = paragraphs("es")
    else:
        x = shuffled(x)
    return timed(x, y, vocabulary=300, restarts=3)[1]


def shuffled(lines: list[str]) -> list[str]:
    """The same words, in lines of the same lengths, every order lost."""
    split = [split_words(line) for line in lines]
    words = [word for line in split for word in line]
    random.Random(0).shuffle(words)
    rest = iter(words)
    return [" ".join(next(rest) for _ in line) for line in split]


def of_paragraphs(pair: str, of_x: slice, of_y: slice) -> Row:
    """Paragraphs of one language against those of another; which is whose translation is not used."""
    x, y = pair.split("-")
    match, row = timed(paragraphs(x)[of_x], paragraphs(y)[of_y], vocabulary=300)
    row["dice"] = right(match, singles(gold(paragraphs(x), paragraphs(y))), (100, 300))
    if (DATA / "dictionaries" / pair).is_dir():
        row["dictionary"] = right(match, dictionary(pair), (100, 300))
    return row


def of_peers(pair: str, size: int) -> Row:
    """Frequency ranks and Gromov-Wasserstein, plain and fused, against the same gold."""
    x, y = pair.split("-")
    sides = [language(side) for side in halves(pair)]
    known = gold(captions(x), captions(y))
    row: Row = {}
    for name, make in (
        ("rank", lambda: list(by_rank(sides[0], sides[1], size).items())),
        ("transport", lambda: transport(sides[0], sides[1], size, fused=False)),
        ("fused transport", lambda: transport(sides[0], sides[1], size, fused=True)),
    ):
        busy = time.process_time()
        hits = [known[word] == partner for word, partner in make() if word in known]
        row[name] = {"p_at_1": sum(hits) / len(hits), "of": len(hits), "processor_seconds": time.process_time() - busy}
    return row


def sources_digest() -> str:
    """A digest of the sources: a row measured with others is measured anew."""
    digest = blake2b(digest_size=6)
    for path in sorted((SOURCE / "tasks" / "match").glob("words*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def plan(*, development: bool) -> dict[tuple[str, ...], Callable[[], Row]]:
    """Key -> what measures its row."""
    rows: dict[tuple[str, ...], Callable[[], Row]] = {}
    if development:
        for pair in ("en-fr", "en-de"):
            rows["development", pair, "other halves"] = lambda pair=pair: of_development(pair)
        return rows
    for pair in ("en-fr", "en-de"):
        rows["captions", pair, "with spelling"] = lambda pair=pair: of_captions(pair, True, 3000)
        rows["captions", pair, "without spelling"] = lambda pair=pair: of_captions(pair, False, 1000)
    rows["captions", "de-fr", "with spelling"] = lambda: of_captions("de-fr", True, 1000)
    for pair in ("en-fr", "en-de"):
        rows["with pairs", pair] = lambda pair=pair: with_pairs(pair)
    for what in ("logs", "French, shuffled", "English, shuffled", "Spanish paragraphs"):
        rows["nothing", what] = lambda what=what: of_nothing(what)
    for pair in ENDS:
        rows["paragraphs", pair, "other halves"] = lambda pair=pair: of_paragraphs(pair, slice(120), slice(120, None))
        rows["paragraphs", pair, "the same"] = lambda pair=pair: of_paragraphs(pair, slice(None), slice(None))
    for pair in ("en-fr", "en-de"):
        for lines in AMOUNTS:
            key = ("amount", pair, f"{lines:6,} captions")
            rows[key] = lambda pair=pair, lines=lines: of_amount(pair, lines)
    for pair in ("en-fr", "en-de"):
        for size in PEER_SIZES:
            rows["peers", pair, str(size)] = lambda pair=pair, size=size: of_peers(pair, size)
    return rows


def show(rows: Rows) -> None:
    """All rows of the record."""
    console = Console(width=150)
    table = Table(title="P@1 (95 % interval; words with a gold), bits, seconds")
    for column in ("", "100", "300", "1,000", "3,000", "pairs that pay", "dictionary", "saves", "words", "cpu s"):
        table.add_column(column, justify="left" if not column else "right")
    for key, row in sorted(rows.rows.items()):
        if key[0] in ("peers", "with pairs"):
            continue
        shares = {str(part["words"]): f"{part['p_at_1']:.2f} ({part['of']})" for part in row.get("dice", [])}
        paying = next((f"{share} of {words}" for words, share in shares.items() if "pay" in words), "")
        second = [f"{part['p_at_1']:.2f}" for part in row.get("dictionary", [])[:-1]]
        claim = f"{row['saved']:,.0f}" if row["found"] else f"none ({row['saved']:,.0f})"
        depths = [shares.get(str(depth), "") for depth in DEPTHS]
        taken = f"{row['processor_seconds']:.0f}"
        table.add_row(", ".join(key), *depths, paying, " ".join(second), claim, str(row["size"]), taken)
    console.print(table)
    for key, row in sorted(rows.rows.items()):
        if key[0] == "peers":
            names = ("rank", "transport", "fused transport")
            console.print(", ".join(key), *(f"{name} {row[name]['p_at_1']:.3f}" for name in names), sep="  ")
        for part in row.get("depths", []):
            shown = f"one half {part['half']:.3f}, both halves the same {part['same']:.3f} of {part['of']}"
            console.print(f"{', '.join(key)}, {part['words']:,} words: {shown}")
        for band in row.get("bands", []):
            (low, high), (most, least) = band["ranks"], band["counts"]
            console.print(
                f"{', '.join(key)}: ranks {low:,} to {high:,} (counts {most:,} to {least:,}): {band['p_at_1']:.3f} of "
                f"{band['of']}; gold partner in y {band['in_y']:.2f}, five times or more {band['five_in_y']:.2f}"
            )
        if "bleu1" in row:
            console.print(f"{', '.join(key)}: BLEU-1 {row['bleu1']:.3f}, frequency ranks {row['bleu1_rank']:.3f}")
            for source, said, true in row["examples"]:
                console.print(f"  {source}\n    {said}\n    {true}", style="dim", markup=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="rows whose key, joined by spaces, has this in it")
    parser.add_argument("--development", action="store_true", help="the halves that choices were made on, instead")
    parser.add_argument("--again", action="store_true", help="measure rows again that are there")
    args = parser.parse_args()
    rows, version = Rows(RECORD, "python -m benchmarks.words", args.again), sources_digest()
    planned = plan(development=args.development)
    rows.rows = {key: row for key, row in rows.rows.items() if key in plan(development=False) | plan(development=True)}
    for key, measure in planned.items():
        if args.only in " ".join(key) and rows.get(key, version) is None:
            row = rows.put(key, version, measure())
            print(" ".join(key), json.dumps({name: row[name] for name in row if name not in ("examples", "pairs")}))
    show(rows)


if __name__ == "__main__":
    main()
