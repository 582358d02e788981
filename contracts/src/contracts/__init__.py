"""What the services say to each other: event classes, the package manifest and their schemas."""
