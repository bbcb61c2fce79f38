"""The parts of `benchmarks/speed.py`: the passages, our program, its peers, nearest neighbours, the report."""
