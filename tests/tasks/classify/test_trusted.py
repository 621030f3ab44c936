"""Who is trusted while labels come: the useful expert, held to the certificate, for texts and numbers."""

import numpy as np
import pytest

from codelength.predictors.ngrams import ClassNgrams
from codelength.tasks.classify import CodeClassifier, trusted, who_is_trusted


def test_of_texts_plain_classifiers_take_part_and_unlabelled_documents_are_experts_of_their_own() -> None:
    chance = np.random.default_rng(0)
    words = {"pets": ["cat", "dog", "cow"], "news": ["bank", "rates", "stocks"]}
    labels = chance.choice(list(words), size=60).tolist()
    texts = [" ".join(chance.choice(words[label], size=4)).encode() for label in labels]
    model = CodeClassifier(ClassNgrams(), folds=2)
    alone = who_is_trusted(model, texts, labels)
    assert alone.regret.bits <= alone.certificate.bits and alone.bits.bits < 40
    experts = {name.split(" ^")[0] for name in alone.names}
    assert experts == {"labels alone", "class codes", "naive Bayes", "TF-IDF + regression"}
    given = who_is_trusted(model, texts, labels, unlabelled=[b"the cat and the cow"] * 5)
    assert {name.split(" ^")[0] for name in given.names} == experts | {"class codes given unlabelled text"}
    assert not hasattr(model, "codes_")


def test_of_numbers_and_of_many_labels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trusted, "MOST", 40)
    chance = np.random.default_rng(1)
    labels = chance.choice(["sick", "well"], size=90).tolist()
    rows = chance.normal(size=(90, 2)) + 3 * (np.array(labels) == "sick")[:, None]
    found = who_is_trusted(CodeClassifier(ClassNgrams(), folds=2), rows, labels)
    assert found.costs.size == 40 and found.bits.bits < 30
    assert found.best.startswith(("Gaussian", "class codes"))
