"""Turns the contract in ``spec/`` into the client and the published contract. A development tool, not in the wheel."""
