"""One function per command or event. Works inside its caller's transaction, or between two of its own."""
