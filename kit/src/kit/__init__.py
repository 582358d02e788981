"""How services run: transactions, outbox, inbox, bus, pages, sign-in, telemetry. No domain word in it."""
