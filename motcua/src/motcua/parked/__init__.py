"""`motcua parked` and `motcua reader`: what an operator does where events were not taken."""
