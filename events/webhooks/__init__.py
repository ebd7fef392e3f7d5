"""How events are sent by HTTP: signed (standardwebhooks.com), and never to our own network."""
