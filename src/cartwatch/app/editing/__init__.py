"""Editing without drawing: readings of typed text, choices, rows of forms, and the changes that they make."""
