"""The line model: which lines of text that some extractor made are not of its content."""
