"""ClinicalTrials.gov: fetch linked trials and say what changed."""
