"""What the state machines do: one function a step, the record of how a saga ended, and the sweep over whatever was lost."""
