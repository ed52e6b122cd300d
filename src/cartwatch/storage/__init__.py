"""Storage: where files are kept, and how they are saved without loss."""
