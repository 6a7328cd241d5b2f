"""Advice: how bids rank, and which providers are near. People decide."""
