"""Thin shells around the pictures of the views floor: size, focus and messages; no arithmetic."""
