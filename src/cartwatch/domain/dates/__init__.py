"""Dates: phrases read into windows, windows written as phrases, countdowns, conferences."""
