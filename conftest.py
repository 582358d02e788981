"""Imports our packages before any test does.

Under `--import-mode=importlib` a test in `sandbox/tests` is imported as `sandbox.tests.…`; when `sandbox` is not yet
imported, pytest makes an empty module of that name from the folder, and the package is hidden.
"""

import importlib

for name in ("contracts", "rules", "kit", "sandbox", "motcua"):
    importlib.import_module(name)
