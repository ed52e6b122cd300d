"""ClinicalTrials.gov: fetches linked trials and reports their changes."""
