"""The command line: data to stdout, messages to stderr, no Textual."""
