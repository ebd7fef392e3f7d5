"""Commands of members, cards and points."""
