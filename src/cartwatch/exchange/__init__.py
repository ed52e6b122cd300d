"""One module a format that lists travel in."""
