"""What the environment must say to intake. Only `main` reads it."""

from kit.settings import ServiceSettings


class IntakeSettings(ServiceSettings):
    """Intake needs nothing beyond what every service needs."""
