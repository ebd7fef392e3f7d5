"""Long work: what was asked for, how far it is, and where its result lies."""
