"""Random moves: small numbers from hypothesis, read as what could happen now, on the books and on the model."""
