"""What a person sees, as plain values: the table's cells and the panes' lines, for the app and the command line alike."""
