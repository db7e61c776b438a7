"""What a question asks: whose words, about what, said when, and what kind of answer it wants."""

from retrieval.understanding.understand import leans, understand
from retrieval.understanding.understood import Asked, Intent, Understood

__all__ = ["Asked", "Intent", "Understood", "leans", "understand"]
