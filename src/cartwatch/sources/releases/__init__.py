"""Reads press releases, filings and abstracts into proposals, each fact with its verbatim quote."""
