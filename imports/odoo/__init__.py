"""Reading an Odoo, and what its rows mean here."""
