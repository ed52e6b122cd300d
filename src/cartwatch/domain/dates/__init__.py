"""Phrase to window, window to words, countdown and conferences."""
