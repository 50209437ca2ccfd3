"""The door: HTTP and command line."""
