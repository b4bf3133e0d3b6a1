"""The ``pmo`` command (PRODUCT 5). Results go to standard output, everything else to standard error.

Exit status: 0 only if it did what was asked, 2 for wrong usage and unusable input, 1 for a refusal.
"""

from pmo.cli.main import main

__all__ = ["main"]
