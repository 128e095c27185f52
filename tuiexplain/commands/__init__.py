"""Everything that a person can do: one registry feeds bindings, footer, help and palette."""

from tuiexplain.commands.registry import COMMANDS, Command, Place, bindings, commands_for, works

__all__ = ["COMMANDS", "Command", "Place", "bindings", "commands_for", "works"]
