"""The law as dated data and pure functions: no clock, no network, no service, no database."""
