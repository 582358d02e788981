"""Stand-ins for the outside world, each a program reached over a socket."""
