"""Running verify_draw.py as a stranger would, in this process: it knows nothing of the product but the file itself."""

import contextlib
import importlib.util
import io
from pathlib import Path
from types import ModuleType

FILE = Path(__file__).resolve().parents[2] / "src/passerelle/draws/verifier/verify_draw.py"


def program(language: str = "en") -> ModuleType:
    """Return verify_draw.py as a module of its own, that speaks a language whatever that of this machine is."""
    spec = importlib.util.spec_from_file_location("verify_draw", FILE)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.FRENCH = language == "fr"
    return module


def run(
    module: ModuleType, folder: Path, mode: str, bundle: dict[str, bytes] | None, receipt: bytes | None = None
) -> tuple[int, str]:
    """Give exit code and last line of the program over these files."""
    code, said = told(module, folder, mode, bundle, receipt)
    return code, said.splitlines()[-1]


def told(
    module: ModuleType, folder: Path, mode: str, bundle: dict[str, bytes] | None, receipt: bytes | None = None
) -> tuple[int, str]:
    """Give exit code and everything that the program says."""
    arguments = [mode]
    if receipt is not None:
        (folder / "receipt.json").write_bytes(receipt)
        arguments.append(str(folder / "receipt.json"))
    if bundle is not None:
        place = folder / "bundle"
        place.mkdir(exist_ok=True)
        for held in place.iterdir():
            held.unlink()
        for name, data in bundle.items():
            (place / name).write_bytes(data)
        arguments.append(str(place))
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        code = module.main(arguments)
    return code, said.getvalue().strip()
