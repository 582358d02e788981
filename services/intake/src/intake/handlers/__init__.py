"""One function per command or event, inside the caller's transaction; never commits."""
