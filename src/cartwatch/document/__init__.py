"""TOML text ⇄ domain values, with the place of every value."""
