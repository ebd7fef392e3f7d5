"""REST: members, levels, kinds of points, cards and points."""
