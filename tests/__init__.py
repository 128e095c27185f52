"""The tests, floor by floor."""
