"""Writes an empty numbered migration inside a service's package, and names it in HEAD so that two collide in git."""

from pathlib import Path

from kit.migrate import versions_folder

TEMPLATE = '''"""{words}"""

from kit.migrate import execute_each

revision = "{number}"
down_revision = "{previous}"


def upgrade() -> None:
    execute_each("""
    """)
'''


def write_migration(package: str, words: str) -> Path:
    """The new file's path; its number is one more than the newest."""
    folder = versions_folder(package)
    previous = max(path.name[:4] for path in folder.glob("[0-9]*.py"))
    number = f"{int(previous) + 1:04}"
    name = f"{number}_{'_'.join(words.lower().split())}"
    path = folder / f"{name}.py"
    path.write_text(TEMPLATE.format(words=words, number=number, previous=previous))
    (folder / "HEAD").write_text(f"{name}\n")
    return path
