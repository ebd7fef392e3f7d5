"""Dates and times as this language writes them, for every country that speaks it."""
