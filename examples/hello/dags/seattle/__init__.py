"""Seattle's weather as NOAA measured it, and what the DAGs compute from it; the standard library only, so it imports at once."""
