"""Volunteers and resident units: what meets a need without money."""
