"""Practising: worked examples that fade, and the mixed challenge."""
