"""Texts for a language model, one file each. The lowest layer: it imports nothing of ours."""
