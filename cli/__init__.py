"""The command line: ``ratezoo``, or ``python -m ratezoo``."""
