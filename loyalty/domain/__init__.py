"""Pure rules of points and levels: no database, no clock, no Django."""
