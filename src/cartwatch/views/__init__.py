"""Builds table cells and pane lines as plain values, shared by the app and the command line."""
