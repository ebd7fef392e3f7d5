"""What a consumer of the log is; pure Python."""
