"""Checks: what a linter for corpora reports."""
