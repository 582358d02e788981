"""What is measured, always beside a limit measured in the same run. Nothing of the product imports this."""
