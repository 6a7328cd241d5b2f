"""Choosing the best of a round: exact, the same on every machine, with its proof."""
