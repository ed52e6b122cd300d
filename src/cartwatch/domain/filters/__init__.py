"""The filter language: fields, parser and matching."""
