"""`motcua due`: when a limit ends, a file of them, or a dossier's whole road. Asks the rules, decides nothing."""
