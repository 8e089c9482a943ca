"""The published portal, looked at by a real browser: ``make docs-check``."""
