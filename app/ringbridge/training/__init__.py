"""The training PBX: a faithful simulator that rings nobody. Shares no code with the client it trains."""
