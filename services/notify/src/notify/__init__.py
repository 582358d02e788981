"""Tells applicants what happens: messages, attempts, delivery."""
