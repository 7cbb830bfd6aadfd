"""One file a noun; each command is parse -> look up -> call -> show."""
