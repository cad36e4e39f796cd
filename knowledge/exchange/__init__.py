"""The exchange of guides and 12345 entries with Excel and CSV, because departments live there."""
