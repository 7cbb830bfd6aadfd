"""What things are: frozen values, one noun a file; a transition is a method that returns a new value or raises."""
