"""The outside sources of facts, each yielding proposals."""
