"""Fixtures and helpers over real servers; no fakes of either."""
