"""Adapters: the cleaner as a step of other data tools. One module a tool, each imports its tool and nothing else does.

`batches.CleanBatch` serves every tool that hands over Arrow tables: Hugging Face datasets, Spark, Ray Data and NeMo
Curator. See docs/adapters.md.
"""
