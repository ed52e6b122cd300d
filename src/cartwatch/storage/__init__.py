"""Where things are kept, and how they are saved without loss."""
