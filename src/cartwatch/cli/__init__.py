"""The command line: data to stdout, narration to stderr, no Textual."""
