"""Runs the benchmarks: ``bench.py`` all, ``bench.py scoring`` one. Each is a package in benchmarks/.

A benchmark prints its table and keeps its figures beside itself.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main(wanted: list[str]) -> int:
    """Run the benchmarks that are asked for, in order; return 1 when one failed."""
    known = {path.parent.name: path for path in sorted((ROOT / "benchmarks").glob("*/__main__.py"))}
    unknown = [name for name in wanted if name not in known]
    if unknown:
        print(f"No benchmark named {', '.join(unknown)}. There are: {', '.join(known)}.")
        return 2
    failed = []
    for name in wanted or known:
        print(f"\n━━ {name} {'━' * 60}", flush=True)
        given = {**os.environ, "PYTHONTZPATH": ""}
        if subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], cwd=ROOT, env=given, check=False).returncode:
            failed.append(name)
    print(f"\n{len(wanted or known) - len(failed)} benchmarks ran, {len(failed)} failed: {', '.join(failed) or 'none'}")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
