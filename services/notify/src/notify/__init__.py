"""Notify: what applicants are told, by which message, and whether it arrived."""
