"""Exit 0 if a server says that it is well: ``python -m tools.health http://127.0.0.1:8501``."""

import sys
import urllib.request

if __name__ == "__main__":
    with urllib.request.urlopen(f"{sys.argv[1]}/_stcore/health", timeout=4) as answer:
        sys.exit(answer.read() != b"ok")
