"""How many workers every queue should have: fleet, plan and check are pure, execute makes a plan real."""
