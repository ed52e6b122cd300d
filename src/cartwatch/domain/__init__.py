"""Domain values and rules; standard library only, no clock, disk or network."""
