"""An app whose consumer writes down every event it is given."""
