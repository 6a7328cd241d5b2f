"""Needs: intake, admission, deliberation and votes of a community."""
