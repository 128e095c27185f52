"""Views: pure pictures. Arrays and plain descriptions in, strips out; no application."""
