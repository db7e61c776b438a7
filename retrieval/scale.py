"""Similarities on one scale, whatever model gives them: the weights of the ranking are fitted on one model.

Models differ in how like they find two texts that have nothing to do with one another: all-MiniLM-L6-v2 gives
.08 on average, others .7. A model is asked once for some questions and sentences of ours that do not belong
together; what it gives for a pair is then told as what all-MiniLM-L6-v2 would give for a pair as unusual.
"""

from dataclasses import dataclass

from retrieval.embedding import MINILM, Embedder

QUESTIONS = (
    "What did the senator propose about the water tax?",
    "Why does the union oppose longer shifts in hospitals?",
    "Does the mayor support a new tram line?",
    "Where does the governor stand on school vouchers?",
    "What did the general say about the air base?",
    "Who wants to close the harbor?",
    "How did the party react to the court's ruling?",
    "What is the minister's view of the trade deal?",
)
SENTENCES = (
    "The museum opens on Sunday, she said.",
    "“We have sold more bicycles than ever,” the shopkeeper said.",
    "He told reporters that the storm had passed.",
    "The orchestra will tour in spring, its director announced.",
    "“My grandmother taught me how to bake,” he wrote.",
    "The team's coach said that the goalkeeper was hurt.",
    "She said that the bridge was painted red in 1932.",
    "“Bees need more flowers,” the gardener explained.",
)
# Mean and standard deviation that all-MiniLM-L6-v2 gives for the pairs above.
MEAN, DEVIATION = 0.076, 0.073


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps a model's cosine similarities to those of all-MiniLM-L6-v2: a straight line."""

    factor: float = 1.0
    offset: float = 0.0

    def __call__(self, similarity: float) -> float:
        return self.factor * similarity + self.offset


def scale_of(embedder: Embedder) -> Scale:
    """The scale of an embedder; asks it, unless it is the one that the scale is named by. Raises ModelError."""
    if embedder.name == MINILM:
        return Scale()
    mean, deviation = background(embedder)
    factor = DEVIATION / deviation if deviation else 1.0
    return Scale(factor, MEAN - factor * mean)


def background(embedder: Embedder) -> tuple[float, float]:
    """Mean and standard deviation of the similarity of questions to sentences not meant for them."""
    vectors = embedder.passages([*QUESTIONS, *SENTENCES])  # one request
    pairs = vectors[: len(QUESTIONS)] @ vectors[len(QUESTIONS) :].T
    return float(pairs.mean()), float(pairs.std())
