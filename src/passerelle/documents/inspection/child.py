"""The child process (arguments SOURCE TARGET LIMITS), forked by ``inspection.loaded``.

Writes one line of JSON to standard output: ``{"media_type", "pages"}`` or ``{"refused": code}``. Whatever else happens
(killed, out of memory, a crash in a decoder) the parent takes as "too complex to be opened safely".
"""

import json
import resource
import sys
from pathlib import Path

from passerelle.documents.inspection import image, pdf, sniffing
from passerelle.documents.inspection.rules import PDF, Limits, Refused


def confine(limits: Limits) -> None:
    """Take from this process what it does not need for one file."""
    memory = limits.memory_mb * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.bytes * 8, limits.bytes * 8))
    resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def inspect(source: Path, target: Path, limits: Limits) -> dict[str, object]:
    """Check ``source`` and write its harmless form to ``target``; raises Refused."""
    with source.open("rb") as file:
        kind = sniffing.media_type(file.read(sniffing.HEAD_BYTES))
    if kind == PDF:
        return pdf.rewrite(source, target, limits)
    return image.redraw(source, target, kind, limits)


def main() -> None:
    source, target, given = sys.argv[1:]
    limits = Limits(**json.loads(given))
    confine(limits)
    try:
        outcome = inspect(Path(source), Path(target), limits)
    except Refused as refusal:
        outcome = {"refused": refusal.code}
    except (MemoryError, RecursionError):
        outcome = {"refused": "too_complex"}
    sys.stdout.write(json.dumps(outcome) + "\n")


if __name__ == "__main__":
    main()
