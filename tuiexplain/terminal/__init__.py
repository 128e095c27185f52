"""The terminal: what it can do, and giving it back as it was found.

Of this package only `guard`, `look` and `filters` import Textual; the rest is
standard library, so that the command line can look at a terminal for nothing.
"""
