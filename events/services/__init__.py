"""One file is one use case."""
