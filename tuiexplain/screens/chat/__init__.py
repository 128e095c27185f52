"""A talk with a trained model on a screen of its own."""
