"""The public postal service: orders of pick-up and delivery, and a tracking that is read by a cursor."""


def main() -> None:
    """Run the program; settings come from the environment."""
    from sandbox.post.program import main as run

    run()
