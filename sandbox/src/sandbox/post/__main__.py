"""`python -m sandbox.post`."""

from sandbox.post import main

if __name__ == "__main__":
    main()
