"""Tills without a line: the catalog they quote from, and what they sold meanwhile."""
