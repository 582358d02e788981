"""`python -m sandbox.mail`."""

from sandbox.mail import main

if __name__ == "__main__":
    main()
