"""From pages to a generation: cut, encode, write, and open again."""
