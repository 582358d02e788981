"""What the environment must say to workflow: nothing beyond what every service needs. Only `main` reads it."""

from kit.settings import ServiceSettings


class WorkflowSettings(ServiceSettings):
    """The settings every service shares."""
