"""Programs before they are published: reading, filling in, checking and storing drafts."""
