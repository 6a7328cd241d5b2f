"""The papers of a tender, each drawn up from what is remembered of it, and from nothing else."""
