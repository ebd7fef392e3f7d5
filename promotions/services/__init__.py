"""The use cases: one file, one public function of the same name."""
