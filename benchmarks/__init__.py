"""How fast cartwatch is, as ratios to a baseline measured in the same run."""
