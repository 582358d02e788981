"""An OpenID provider with demo people instead of passwords. Nobody is ever proved to be anybody here."""


def main() -> None:
    """Run the program; settings come from the environment."""
    from sandbox.identity.program import main as run

    run()
