"""Sources outside the watchlist; each yields proposals."""
