"""Text repair as pure functions: each finds what is broken in a text and says what to put in its place."""
