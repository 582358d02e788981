"""Mail and SMS receivers with a page to read what arrived. Nothing leaves for anywhere else."""


def main() -> None:
    """Run the program; settings come from the environment."""
    from sandbox.mail.program import main as run

    run()
