"""The demonstration: one dossier walks its whole road in front of the user, through the services' own doors."""
