"""`python -m helseassistent.cli` is `helseassistent`."""

import sys

from helseassistent.cli import main

if __name__ == "__main__":
    sys.exit(main())
