"""Back-tests: orders of the past decided again with a draft in force."""
