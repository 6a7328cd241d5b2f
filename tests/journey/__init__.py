"""Whole stories through public doors only, on real servers."""
