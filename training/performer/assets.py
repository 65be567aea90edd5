"""Loading of the heads pack: geometry, textures and the reference renderer, none of which is in this repository."""

import importlib.util
import os
import sys
import types


def load_renderer(assets: str) -> types.ModuleType:
    """Import `reference/render.py` of the heads pack in folder `assets` (it compiles its C half on first use).

    The module finds its textures from its own place, so no path has to be patched.
    """
    path = os.path.join(assets, 'reference', 'render.py')
    if not os.path.exists(path):
        raise SystemExit(f'expected the heads pack in --assets, but there is no {path}; see training/performer/README.md')
    sys.dont_write_bytecode = True  # the pack may be read-only
    spec = importlib.util.spec_from_file_location('heads_render', path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
