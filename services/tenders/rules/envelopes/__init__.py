"""Bids that the installation cannot open alone: bidders' own keys, and a tender's key in three shares."""
