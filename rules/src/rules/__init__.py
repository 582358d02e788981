"""The law as dated data and pure functions: procedures, forms, fees, calendars, codes."""
