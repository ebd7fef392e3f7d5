"""What the claims about speed rest on, each a command."""
