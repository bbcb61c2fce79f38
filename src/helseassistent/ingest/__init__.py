"""Bring source pages into a corpus and keep them true: fetch, parse, compare with the last visit, write."""
