"""Django's PostgreSQL, with what a busy till needs of it (`base.py`)."""
