"""From a question to evidence: candidates from three lists, signals for each, one ranking."""
