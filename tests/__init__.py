"""Tests mirror the tree; tests/journey tells whole stories."""
