"""Hypothesis without deadlines, which machines of other speed would miss; the same examples on each ordinary run."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

QUIET = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large]}

settings.register_profile("ordinary", derandomize=True, max_examples=150, **QUIET)
settings.load_profile("ordinary")
