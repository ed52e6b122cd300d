"""An open watchlist: session, state, changes, undo and conflicts."""
