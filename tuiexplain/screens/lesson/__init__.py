"""The lesson's screen, and what each of its pictures shows."""
