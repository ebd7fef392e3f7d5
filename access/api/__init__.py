"""What a caller may ask about themself."""
