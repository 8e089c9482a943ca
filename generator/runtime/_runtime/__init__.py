"""How a call is made: signing, sending, retrying, decoding. What can be called is told by the modules around it."""
