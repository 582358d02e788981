"""Collects fees: demands, attempts on the Payment Platform, receipts."""
