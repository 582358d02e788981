"""The shapes of the catalogue's records: what a file may say, and nothing about how it is used."""
