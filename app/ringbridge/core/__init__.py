"""Values and decisions. No Qt, files, network, clock or environment."""
