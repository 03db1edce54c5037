"""The tests import the modules in docs/site as Sphinx does."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'docs' / 'site'))
