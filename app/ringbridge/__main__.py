"""`python -m ringbridge` is the command `ringbridge`."""

import sys

from ringbridge.cli import main

if __name__ == "__main__":
    sys.exit(main())
