"""What can be done with members, cards and points: one use case a file."""
