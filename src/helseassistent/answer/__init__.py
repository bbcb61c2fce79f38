"""From evidence to a verified reply."""
