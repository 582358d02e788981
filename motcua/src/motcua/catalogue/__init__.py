"""`motcua catalogue`: the law's data for people and machines to read. Reads the catalogue, changes nothing."""
