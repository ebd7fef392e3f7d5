"""Facts, summaries and reports; built on the event log."""
