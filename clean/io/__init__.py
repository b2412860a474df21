"""Readers and writers: where documents come from and where records go. Nothing here knows a rule."""

from __future__ import annotations

from clean.io.inputs import Input, find
from clean.io.item import Item
from clean.io.readers import read, read_paths

__all__ = ["Input", "Item", "find", "read", "read_paths"]
