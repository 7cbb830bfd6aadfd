"""Who may do what: pure arithmetic over roles; no clock, no store, no environment."""
