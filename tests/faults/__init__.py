"""Processes killed at the worst moment, and what is true afterwards."""
