"""classify and neighbours: files in, answers out, leaks reported, a page, one JSON object, errors in one line."""

import gzip
import json
import math
from pathlib import Path

import numpy as np
import pytest

from cli.conftest import Run

PETS = ["the cat sat on the mat", "a cat ran home", "my dog slept on the mat", "a dog and a cat", "feed the dog"]
NEWS = ["stocks fell in trading", "the bank raised rates", "shares of the bank rose", "trading in stocks", "rates fell"]
ASKED = [("pets", "the dog ran"), ("news", "stocks of the bank"), ("pets", "A CAT ran home!")]


def jsonl(path: Path, rows: list[tuple[object, object]], text: str = "text", label: str = "label") -> None:
    path.write_text("".join(json.dumps({text: content, label: of}) + "\n" for of, content in rows))


@pytest.fixture
def files(tmp_path: Path) -> Path:
    jsonl(tmp_path / "train.jsonl", [("pets", text) for text in PETS] + [("news", text) for text in NEWS])
    jsonl(tmp_path / "test.jsonl", list(ASKED))
    return tmp_path


def test_it_answers_and_reports_what_stands_in_both_files(run: Run, files: Path) -> None:
    ran = run("classify", "--train", "train.jsonl", "--test", "test.jsonl", "--report", "page.html")
    assert "100.0% of 3 answers are right" in ran.out
    assert "1 of 3 test examples stand in training too" in " ".join(ran.err.split())
    page = (files / "page.html").read_text(encoding="utf-8")
    for part in ("confusion matrix", "reliability", "stand in training too", "Learning the labels one by one cost"):
        assert part in page


@pytest.mark.usefixtures("files")
def test_it_is_one_json_object(run: Run) -> None:
    record = run("classify", "--train", "train.jsonl", "--test", "test.jsonl", "--json").json
    assert record["command"] == "classify"
    assert record["classes"] == ["news", "pets"]
    assert record["evaluation"]["accuracy"] == 1.0
    assert record["duplicates"] == 1
    assert record["accuracy_without_duplicates"] == 1.0
    assert record["evaluation"]["confusion"] == [[1, 0], [0, 2]]


def test_answers_are_written_and_need_no_labels(run: Run, files: Path) -> None:
    (files / "asked.jsonl").write_text('{"text": "the dog ran"}\n{"text": "stocks"}\n')
    args = ("classify", "--train", "train.jsonl", "--test", "asked.jsonl", "--unanswered", "--out", "answers.jsonl")
    assert run(*args).code == 0
    answers = [json.loads(line) for line in (files / "answers.jsonl").read_text().splitlines()]
    assert [answer["label"] for answer in answers] == ["pets", "news"]
    assert all(abs(sum(answer["probabilities"].values()) - 1) < 1e-4 for answer in answers)
    assert "exists" in run(*args).complaint
    assert run(*args, "--force").code == 0


def test_columns_have_names_and_unlabelled_text_is_a_line_each(run: Run, files: Path) -> None:
    (files / "train.csv").write_text(
        'kind,body\npets,"the cat, it sat"\npets,a dog ran\nnews,stocks fell\nnews,rates rose\n'
    )
    (files / "test.tsv").write_text("body\tkind\nthe dog sat\tpets\n")
    (files / "more.txt").write_text("dogs and cats\n\nbanks and stocks\n")
    record = run(
        *("classify", "--train", "train.csv", "--test", "test.tsv", "--text", "body", "--label", "kind"),
        *("--unlabelled", "more.txt", "--json"),
    ).json
    assert record["evaluation"]["accuracy"] == 1.0


@pytest.mark.usefixtures("files")
def test_any_code_of_the_catalogue_takes_part(run: Run) -> None:
    for code in ("kt", "zlib", "bz2"):
        args = ("classify", "--train", "train.jsonl", "--test", "test.jsonl", "--code", code, "--folds", "2", "--json")
        assert run(*args).json["code"] == code
    assert (
        "nonsense" in run("classify", "--train", "train.jsonl", "--test", "test.jsonl", "--code", "nonsense").complaint
    )


def test_images_in_idx_files_are_examples(run: Run, files: Path) -> None:
    numbers = np.random.default_rng(0)
    for name, count in (("train", 60), ("t10k", 20)):
        labels = np.arange(count) % 2
        images = numbers.integers(0, 100, (count, 3, 3)) + 120 * labels[:, None, None]
        head = bytes([0, 0, 8, 3]) + b"".join(int(n).to_bytes(4, "big") for n in images.shape)
        (files / f"{name}-images-idx3-ubyte.gz").write_bytes(gzip.compress(head + images.astype(np.uint8).tobytes()))
        (files / f"{name}-labels-idx1-ubyte.gz").write_bytes(
            gzip.compress(bytes([0, 0, 8, 1]) + count.to_bytes(4, "big") + labels.astype(np.uint8).tobytes())
        )
    args = ("--train", "train-images-idx3-ubyte.gz", "--test", "t10k-images-idx3-ubyte.gz", "--json")
    assert run("classify", *args).json["evaluation"]["accuracy"] > 0.9
    (files / "t10k-labels-idx1-ubyte.gz").unlink()
    assert "labels are looked for in" in run("classify", *args[:-1]).complaint


def test_a_class_that_training_never_had_is_named_and_counts_as_wrong(run: Run, files: Path) -> None:
    jsonl(files / "test.jsonl", [("pets", "the dog ran"), ("sports", "they won")])
    record = run("classify", "--train", "train.jsonl", "--test", "test.jsonl", "--json").json
    assert record["evaluation"]["accuracy"] == 0.5
    assert record["evaluation"]["unseen"] == {"sports": 1}
    assert any("'sports'" in warning for warning in record["warnings"])


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('{"text": "a", "label": "x"}\n{"text": "b", "label": "x"}\n', "1 class"),
        ('{"text": "a", "label": null}\n', "label 'label' is missing"),
        ('{"text": "a", "label": " "}\n', "is empty"),
        ('{"text": "a"}\n', "no column 'label'"),
        ('{"text": [1, 2], "label": 1}\n{"text": [1, NaN], "label": 2}\n', "line 2: number 2 of 'text' is nan"),
        ('{"text": [1, 2], "label": 1}\n{"text": [1], "label": 2}\n', "the first row has 2 numbers"),
        ('{"text": "a", "label": 1}\n{"text": [1], "label": 2}\n', "is a list"),
        ('{"text": {"a": 1}, "label": 1}\n', "expected a text or a list of numbers"),
        ("not json\n", "line 1: malformed JSON"),
        ("\n", "no examples"),
    ],
)
def test_bad_training_files_are_one_line(run: Run, files: Path, lines: str, said: str) -> None:
    (files / "train.jsonl").write_text(lines)
    assert said in run("classify", "--train", "train.jsonl", "--test", "test.jsonl").complaint


def test_files_of_two_kinds_and_unknown_endings_are_one_line(run: Run, files: Path) -> None:
    jsonl(files / "rows.jsonl", [(1, [1, 2]), (2, [3, 4])])
    assert "one kind" in run("classify", "--train", "rows.jsonl", "--test", "test.jsonl").complaint
    (files / "train.bin").write_bytes(b"x")
    assert ".bin is none of these" in run("classify", "--train", "train.bin", "--test", "test.jsonl").complaint


def test_neighbours_answer_and_name_the_nearest(run: Run, files: Path) -> None:
    ran = run("neighbours", "--train", "train.jsonl", "--test", "test.jsonl", "--out", "near.jsonl")
    assert "of 3 answers are right" in ran.out
    assert "stand in training too" in " ".join(ran.err.split())
    near = [json.loads(line) for line in (files / "near.jsonl").read_text().splitlines()]
    assert near[2] == {"label": "pets", "nearest": 2}


@pytest.mark.usefixtures("files")
def test_neighbours_are_one_json_object(run: Run) -> None:
    args = (
        "neighbours",
        "--train",
        "train.jsonl",
        "--test",
        "test.jsonl",
        "--distance",
        "conditional",
        "-k",
        "3",
        "--json",
    )
    record = run(*args, "--code", "bz2").json
    assert record["k"] == 3
    assert record["distance"] == "conditional"
    assert 0 <= record["accuracy"] <= 1


def test_unlabelled_text_is_mixed_with_doing_without_it(run: Run, files: Path) -> None:
    (files / "more.txt").write_text("".join(f"{text}\n" for text in [*PETS, *NEWS, "the dog and the bank"] * 2))
    args = ("classify", "--train", "train.jsonl", "--test", "test.jsonl", "--unlabelled", "more.txt")
    record = run(*args, "--json").json
    assert record["code"] == "latent" and record["evaluation"]["accuracy"] == 1.0
    mixture = record["mixture"]
    assert mixture["regret"]["bits"] <= mixture["certificate"]["bits"] + 1e-6
    assert any("without" in name for name in mixture["expert_bits"])
    assert sum(record["balance"]["shares"].values()) == pytest.approx(1) and set(record["balance"]["bits"]) == {
        "same",
        "shifted",
        "foreign",
    }
    jsonl(files / "train.jsonl", [("pets", text) for text in PETS * 2] + [("news", text) for text in NEWS * 2])
    assert run(*args, "--report", "page.html").code == 0
    assert "What labels are worth" in (files / "page.html").read_text(encoding="utf-8")
    assert "Who was trusted" in (files / "page.html").read_text(encoding="utf-8")
    assert run(*args, "--code", "ngrams", "--json").json["code"] == "ngrams"


def test_each_pile_is_weighed_by_what_it_saves_on_the_labels(run: Run, files: Path) -> None:
    jsonl(files / "train.jsonl", [("pets", text) for text in PETS * 2] + [("news", text) for text in NEWS * 2])
    (files / "good.txt").write_text("".join(f"{text}\n" for text in [*PETS, *NEWS] * 5))
    (files / "noise.txt").write_text("zx qv\nqv vv zx\n" * 9)
    args = ("classify", "--train", "train.jsonl", "--test", "test.jsonl", "-u", "good.txt", "-u", "noise.txt")
    piles = run(*args, "--json").json["piles"]
    assert {worth["name"] for worth in piles["worths"]} == {"good.txt", "noise.txt"}
    assert sum(way["weight"] for way in piles["ways"]) == pytest.approx(1)
    least = min(way["bits"]["bits"] for way in piles["ways"])
    assert piles["bits"]["kind"] == "upper" and piles["bits"]["bits"] <= least + 2 * math.log2(3)
    shown = run(*args, "--report", "page.html")
    assert shown.code == 0 and "What each pile saves on the labels" in shown.out
    page = (files / "page.html").read_text(encoding="utf-8")
    assert "Which piles help" in page and "noise.txt" in page


def test_a_file_of_many_kinds_is_cut_into_parts(run: Run, files: Path) -> None:
    jsonl(files / "train.jsonl", [("pets", text) for text in PETS * 2] + [("news", text) for text in NEWS * 2])
    (files / "mixed.txt").write_text("".join(f"{text}\nzx{k} qv qv zx{k}\n" for k in range(9) for text in PETS + NEWS))
    args = ("classify", "--train", "train.jsonl", "--test", "test.jsonl", "-u", "mixed.txt", "--parts", "2")
    worths = run(*args, "--json").json["piles"]["worths"]
    assert len(worths) == 2 and all(worth["name"].startswith("mixed.txt ") for worth in worths)
    refused = run(*args, "--code", "ngrams")
    assert refused.code == 2 and "--parts" in refused.err
    jsonl(files / "rows.jsonl", [(k % 2, [k % 2, k]) for k in range(20)])
    rows = ("--train", "rows.jsonl", "--test", "rows.jsonl", "-u", "rows.jsonl")
    assert "only texts" in run("classify", *rows, "--code", "latent", "--parts", "2").complaint


def test_neighbours_have_a_page_with_who_is_taken_for_whom(run: Run, files: Path) -> None:
    given = ("neighbours", "--train", "train.jsonl", "--test", "test.jsonl", "--report", "page.html")
    record = run(*given, "--json").json
    page = (files / "page.html").read_text()
    assert "confusion matrix" in page and "stand in training too" in page
    assert f"{record['accuracy']:.1%} of 3 answers are right" in page
    assert run(*given, "--unanswered").code == 0
    blind = (files / "page.html").read_text()
    assert "what is right was not told" in blind and "confusion matrix" not in blind


def test_rows_of_numbers_stand_twice_only_where_all_numbers_are_equal(run: Run, files: Path) -> None:
    rows: list[tuple[object, object]] = [(1, [34, 5]), (2, [2, 1]), (1, [35, 5]), (2, [3, 1])]
    jsonl(files / "train.jsonl", rows)
    jsonl(files / "test.jsonl", [(1, [136, 5]), (2, [3, 1])])  # 34.0 and 136.0 differ in the case of a letter
    for command in ("classify", "neighbours"):
        assert run(command, "--train", "train.jsonl", "--test", "test.jsonl", "--json").json["duplicates"] == 1


def test_neighbours_say_which_classes_they_cannot_answer_and_how_sure_the_share_is(run: Run, files: Path) -> None:
    jsonl(files / "test.jsonl", [("pets", "the dog ran"), ("sports", "they won")])
    record = run("neighbours", "--train", "train.jsonl", "--test", "test.jsonl", "-k", "99", "--json").json
    assert record["low"] < record["accuracy"] < record["high"]
    assert any("'sports'" in warning for warning in record["warnings"])
    assert any("no more than 10 examples" in warning for warning in record["warnings"])


def test_a_page_of_answers_without_the_truth_says_who_was_trusted(run: Run, files: Path) -> None:
    (files / "asked.txt").write_text("the dog ran\nstocks\n")
    (files / "more.txt").write_text("dogs and cats\nbanks and stocks\n")
    args = ("classify", "--train", "train.jsonl", "--test", "asked.txt", "--unanswered", "--report", "page.html")
    for pile, read_by in (((), "temperature"), (("--unlabelled", "more.txt"), "latent")):
        assert run(*args, *pile).code == 0
        page = (files / "page.html").read_text(encoding="utf-8")
        for part in ("what is right was not told", "Who was trusted", read_by):
            assert part in page


def test_options_that_the_latent_code_does_not_have_are_refused(run: Run, files: Path) -> None:
    (files / "more.txt").write_text("dogs and cats\nbanks and stocks\n")
    args = ("classify", "--train", "train.jsonl", "--test", "test.jsonl", "--unlabelled", "more.txt")
    assert run(*args, "--folds", "3").code == run(*args, "--prior", "uniform").code == 2
    assert run(*args, "--folds", "3", "--prior", "uniform", "--code", "ngrams").code == 0


def test_the_seed_orders_the_labels_that_are_mixed(run: Run, files: Path) -> None:
    jsonl(files / "train.jsonl", [("pets", text) for text in PETS * 3] + [("news", text) for text in NEWS * 3])
    (files / "more.txt").write_text("dogs and cats\nbanks and stocks\n")
    args = (
        "classify",
        "--train",
        "train.jsonl",
        "--test",
        "test.jsonl",
        "--unlabelled",
        "more.txt",
        "--json",
        "--seed",
    )
    costs = [run(*args, seed).json["mixture"]["label_bits"]["bits"] for seed in ("0", "0", "1")]
    assert costs[0] == costs[1] != costs[2]


def test_one_class_is_refused_by_every_way_of_classifying(run: Run, files: Path) -> None:
    jsonl(files / "train.jsonl", [("pets", text) for text in PETS])
    (files / "more.txt").write_text("dogs and cats\nbanks and stocks\n")
    pair = ("--train", "train.jsonl", "--test", "test.jsonl")
    for args in (("classify", *pair), ("classify", *pair, "--unlabelled", "more.txt"), ("neighbours", *pair)):
        assert "all 5 examples have 1 class, 'pets'" in run(*args).complaint


def test_many_classes_that_training_never_had_are_one_warning(run: Run, files: Path) -> None:
    jsonl(files / "test.jsonl", [(f"class {k}", "they won") for k in range(9)])
    for command in ("classify", "neighbours"):
        warnings = run(command, "--train", "train.jsonl", "--test", "test.jsonl", "--json").json["warnings"]
        assert len(warnings) == 1
        assert "'class 0', 'class 1', 'class 2' and 6 more, which 9 test examples have" in warnings[0]
        assert "are both named alike?" in warnings[0]
