"""Browser tests and pictures of notebooks; they start JupyterLab as ``tools/start_lab.py`` does."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
