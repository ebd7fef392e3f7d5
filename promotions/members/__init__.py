"""What promotions know of members: what they spent."""
