"""Proposals: facts from outside, compared with the watchlist and accepted one by one."""
