"""The planets as clockwork: Kepler's ellipses, slowly turning."""
