"""Load a ``.keras`` file that a newer Keras than the one at hand has written.

Python 3.10 ends at Keras 3.12, which refuses options that it does not know, even where
they are switched off. Those are left out; nothing that is switched on is touched.
"""

from __future__ import annotations

import inspect
import json
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras

_CONFIG_MEMBER = "config.json"
_OFF: dict[str, object] = {  # younger option -> the value that means what older ones do
    "input_axes": None,
    "output_axes": None,
    "quantization_config": None,
    "renorm": False,
    "renorm_clipping": None,
    "renorm_momentum": 0.99,
}


def load(path: Path) -> keras.Model:
    """Load a model for inference, without running code that the file may hold."""
    import keras

    if "renorm" in inspect.signature(keras.layers.BatchNormalization).parameters:
        return keras.models.load_model(path, compile=False, safe_mode=True)
    with TemporaryDirectory() as folder:
        plain = Path(folder) / path.name
        rewrite(path, plain)
        return keras.models.load_model(plain, compile=False, safe_mode=True)


def rewrite(source: Path, target: Path) -> None:
    """Copy a ``.keras`` file without the younger options that are switched off."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == _CONFIG_MEMBER:
                content = json.dumps(_without_off(json.loads(content))).encode()
            new.writestr(name, content)


def _without_off(config: Any) -> Any:
    if isinstance(config, dict):
        return {
            key: _without_off(value)
            for key, value in config.items()
            if key not in _OFF or value != _OFF[key]
        }
    return [_without_off(item) for item in config] if isinstance(config, list) else config
