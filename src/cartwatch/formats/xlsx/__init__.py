"""Workbooks (Excel, and OpenDocument to read), which need the extra `excel`."""
