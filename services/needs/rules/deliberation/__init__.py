"""Deliberation: units, proposals, their steps, and the supervision committee's opinions."""
