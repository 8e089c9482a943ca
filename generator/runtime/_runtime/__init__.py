"""How a call is made: signing, sending, retrying, decoding. What is called stands in the modules beside this package."""
