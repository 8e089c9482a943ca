# Copied from generator/runtime/_runtime/__init__.py by `make generate`. Edit it there.
"""How a call is made: signing, sending, retrying, decoding. What is called stands in the modules beside this package."""
