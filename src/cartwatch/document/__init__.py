"""Converts TOML text to domain values and back, with the position of every value."""
