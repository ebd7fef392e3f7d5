"""The log of what happened, written in the transaction that caused it."""
