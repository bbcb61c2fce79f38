"""Puts question sets through the assistant and says how good it is, in numbers that can be checked."""
