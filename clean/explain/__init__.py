"""Why a line was kept, dropped or changed: `place` finds it, `witness` watches the pipeline, `life` tells its story."""
