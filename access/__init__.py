"""Who may call, and answers that are given once."""
