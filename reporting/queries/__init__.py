"""Report queries: one definition of every measure, for every way of asking."""
