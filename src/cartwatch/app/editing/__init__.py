"""What is typed into fields and forms, before any of it is drawn: readings, choices, rows, and the change they make."""
