# Copied from generator/runtime/_runtime/__init__.py by `make generate`. Edit it there.
"""How a call is made: signing, sending, retrying, decoding. What can be called is told by the modules around it."""
