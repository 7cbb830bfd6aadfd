"""What goes over the wire, as pydantic models: the public names, one noun a file."""
