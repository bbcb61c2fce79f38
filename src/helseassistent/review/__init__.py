"""What staff see and keep: the log, the queue, verdicts, approved answers and reports."""
