"""One controller per concern of the main screen."""
