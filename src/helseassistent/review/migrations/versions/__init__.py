"""The changes, in order of their numbers; one that has been released is never edited."""
