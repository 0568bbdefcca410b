"""Interventions for council staff: the page of each, the list of all, and the evidence map."""
