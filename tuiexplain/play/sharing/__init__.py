"""A run handed on: as one short text, as programs that others run, as files."""
