"""The library (record and index), embeddings, search, answers and their types. Knows nothing of Discord."""
