"""Measured speed: every figure is a ratio against a named limit in the same run (`make bench`)."""
