"""The embedding gives the reference implementation's vectors, offline, from verified files."""

from pathlib import Path

import numpy as np
import pytest

from retrieval import minilm as module
from retrieval.errors import ModelError
from retrieval.minilm import DIMENSION, MiniLM, verified

# The first six components, from the reference implementation in torch.
GOLDEN = {
    "What did Turner propose?": [-0.03962, 0.01756, 0.02829, -0.0411, -0.04319, 0.02823],
    "The United States must weigh direct military action.": [
        -0.02221, -0.05359, 0.01422, -0.00566, -0.02677, 0.05704,
    ],
    "word " * 400: [-0.00812, -0.09559, -0.03867, 0.04966, -0.04379, 0.02372],
}  # fmt: skip
TEXTS = ["A short one.", "The harbor levy should be doubled before winter. " * 30, "", "Why?", "¿Qué? 什么 🙂"]


@pytest.mark.parametrize("text", GOLDEN)
def test_vectors_are_those_of_the_reference_implementation(minilm: MiniLM, text: str) -> None:
    vector = minilm.embed_query(text)
    assert vector[:6] == pytest.approx(GOLDEN[text], abs=2e-5)
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


def test_what_else_is_in_the_batch_does_not_change_a_vector_and_the_order_is_kept(minilm: MiniLM) -> None:
    texts = [*TEXTS, *GOLDEN, *(f"Item {n} of the agenda " * (n % 7 + 1) for n in range(20))]
    together = minilm.embed(texts)
    alone = np.stack([minilm.embed([text])[0] for text in texts])
    assert (together * alone).sum(axis=1) == pytest.approx(1, abs=1e-5)
    np.testing.assert_allclose(together, alone, atol=2e-5)


def test_a_question_and_a_passage_of_the_same_words_have_one_vector(minilm: MiniLM) -> None:
    assert minilm.embed_documents(["Why now?"]) == [minilm.embed_query("Why now?")]


def test_no_texts_give_no_vectors(minilm: MiniLM) -> None:
    assert minilm.embed([]).shape == (0, DIMENSION)
    assert minilm.embed_documents([]) == []


def test_what_is_alike_in_meaning_is_near(minilm: MiniLM) -> None:
    asked, near, far = minilm.embed(
        ["Who wants to tax ships?", "The mayor would double the harbor levy.", "The choir sang two encores."]
    )
    assert asked @ near > asked @ far + 0.1


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    for path in verified().values():
        (tmp_path / path.name).symlink_to(path)
    return tmp_path


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json"])
def test_a_changed_file_is_refused_before_use(copied: Path, name: str) -> None:
    changed = bytearray((copied / name).read_bytes())
    changed[len(changed) // 2] ^= 1
    (copied / name).unlink()
    (copied / name).write_bytes(changed)
    with pytest.raises(ModelError) as raised:
        MiniLM(1, copied)
    assert name in str(raised.value)
    assert raised.value.hint


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json"])
def test_a_missing_file_is_named_with_what_mends_it(copied: Path, name: str) -> None:
    (copied / name).unlink()
    with pytest.raises(ModelError) as raised:
        MiniLM(1, copied)
    assert name in str(raised.value)
    assert raised.value.hint


def test_untouched_copies_elsewhere_are_good(copied: Path) -> None:
    assert set(verified(copied)) == {"model.safetensors", "tokenizer.json"}


def test_the_shipped_graph_is_the_one_that_its_program_writes() -> None:
    pytest.importorskip("onnx", reason="a development package writes the graph")
    from retrieval.models.write_minilm import graph

    shipped = Path(module.__file__).parent / "models" / "minilm.onnx"
    assert shipped.read_bytes() == graph().SerializeToString(deterministic=True)
    assert shipped.stat().st_size < 100_000, "the weights do not belong in it"


def test_a_part_is_embedded_as_it_is_read_in_its_text() -> None:
    model = MiniLM(1)
    texts = ["Ilse Brandt runs the port. The ferry stays, she said.", "Short."]
    first, second = (0, 26), (27, 53)
    whole, (parts, none) = model.embed_parts(texts, [[[first], [second], [first, second]], []])
    assert whole == pytest.approx(model.embed(texts), abs=1e-6)
    assert none.shape == (0, 384)
    assert np.linalg.norm(parts, axis=1) == pytest.approx(np.ones(3), abs=1e-6)
    # Both sentences are the whole text but for its two special tokens.
    assert parts[2] @ whole[0] > 0.99
    # Each is nearer to what it says alone than the other is.
    alone = model.embed([texts[0][slice(*first)], texts[0][slice(*second)]])
    likeness = parts[:2] @ alone.T
    assert likeness[0, 0] > likeness[1, 0]
    assert likeness[1, 1] > likeness[0, 1]


def test_a_part_beyond_what_the_model_reads_gets_its_texts_vector() -> None:
    text = "The harbor is closed. " * 100
    whole, (parts,) = MiniLM(1).embed_parts([text], [[[(len(text) - 20, len(text))]]])
    assert parts[0] == pytest.approx(whole[0], abs=1e-6)
