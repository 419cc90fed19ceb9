"""Keys that the desktop keeps and that run `ringbridge`: for sessions in which Ringbridge can't take keys itself."""
