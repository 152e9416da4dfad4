import numpy as np
import pytest
import torch

from graphcl.datasets.files.texts import Texts


def test_texts_come_back():
    given = ["CC", "", "Δ", "C" * 300, ""]
    texts = Texts.of(given)
    assert list(texts) == given
    assert (texts[2], texts[-2], len(texts)) == ("Δ", "C" * 300, 5)
    assert texts[np.int32(0)] == texts[torch.tensor(0)] == "CC"
    assert texts.data.dtype == np.uint8
    with pytest.raises(IndexError, match="there are 5 texts; got index 5"):
        texts[5]


def test_no_texts():
    assert list(Texts.of([])) == []
