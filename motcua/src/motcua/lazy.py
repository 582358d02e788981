"""A group of commands each of which is imported only when it is asked for, so that a small one starts at once."""

from importlib import import_module
from typing import Any

import click


class LazyGroup(click.Group):
    """`elsewhere` names commands by "module:name"."""

    def __init__(self, *words: Any, elsewhere: dict[str, str] | None = None, **more: Any) -> None:
        super().__init__(*words, **more)
        self.elsewhere = elsewhere or {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *self.elsewhere])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.elsewhere:
            return super().get_command(ctx, cmd_name)
        module, _, name = self.elsewhere[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command
