"""`python -m sandbox.identity`."""

from sandbox.identity import main

if __name__ == "__main__":
    main()
