"""The Payment Platform of the national portal, played small: no money moves here."""


def main() -> None:
    """Run the program; settings come from the environment."""
    from sandbox.payment_platform.program import main as run

    run()
