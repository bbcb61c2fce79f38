"""The page for citizens: settings -> wiring -> served page. The same as `helseassistent chat`."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "src"))  # so that a clone runs before it is installed

from helseassistent.cli import main

if __name__ == "__main__":
    sys.exit(main(["chat", *sys.argv[1:]]))
