"""The client beside others: `make bench`. Every peer in an environment of its own, all interleaved, ratios only."""
