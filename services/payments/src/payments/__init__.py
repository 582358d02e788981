"""Payments: fee demands, attempts on the Payment Platform, the ledger, receipts."""
