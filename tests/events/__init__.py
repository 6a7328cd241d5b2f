"""The spine on real servers."""
