"""What the order services are made of: reading a request, answering it, recording what it did."""
