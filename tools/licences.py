"""List what is installed with its licence: ``python -m tools.licences``.

A tab-separated table of name, version and licence, as each package's own metadata says.
"""

from __future__ import annotations

from importlib.metadata import Distribution, distributions


def licence(package: Distribution) -> str:
    """Read a licence: the SPDX expression, else the classifiers, else the old free text."""
    said = package.metadata
    if expression := said.get("License-Expression"):
        return expression
    prefix = "License :: "
    found = [c.split(" :: ")[-1] for c in said.get_all("Classifier") or [] if c.startswith(prefix)]
    if found:
        return ", ".join(sorted(set(found) - {"OSI Approved"}) or found)
    lines = (said.get("License") or "").strip().splitlines()
    return lines[0] if lines else ""


def main() -> None:
    """Print the table."""
    known = {p.metadata["Name"]: p for p in distributions()}
    rows = [
        (name, known[name].version, licence(known[name])) for name in sorted(known, key=str.lower)
    ]
    for row in rows:
        print(*row[:2], row[2] or "not said", sep="\t")


if __name__ == "__main__":
    main()
