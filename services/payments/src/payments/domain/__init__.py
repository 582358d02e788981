"""What payments decides: no I/O, no framework, no clock."""
