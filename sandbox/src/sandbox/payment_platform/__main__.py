"""`python -m sandbox.payment_platform`."""

from sandbox.payment_platform import main

if __name__ == "__main__":
    main()
