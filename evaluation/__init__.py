"""Data sets, metrics, reports: how good claimdesk is, measured through its public surface."""
