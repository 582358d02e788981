"""`motcua calendar`: an office's working calendar, from its service's own database."""
