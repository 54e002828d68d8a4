"""Which files of the tree a file imports, directly or through others."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path


class Imports:
    """The imports of a tree's files, by their paths from its root; each file is parsed once."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._direct = cache(lambda path: frozenset(self._named_in(path)))

    def direct(self, path: str) -> frozenset[str]:
        """Return the files that this one names in an import, wherever it stands."""
        return self._direct(path)

    def all_of(self, path: str) -> set[str]:
        """Return the files that are imported with this one."""
        found: set[str] = set()
        ahead = [path]
        while ahead:
            new = self._direct(ahead.pop()) - found
            found |= new
            ahead += new
        return found

    def _named_in(self, path: str) -> Iterator[str]:
        for node in ast.walk(ast.parse((self._root / path).read_bytes())):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield from self._files_of(alias.name)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield from self._files_of(node.module)
                for alias in node.names:
                    yield from self._files_of(f"{node.module}.{alias.name}")

    def _files_of(self, module: str) -> Iterator[str]:
        place = module.replace(".", "/")
        yield from (file for file in (f"{place}.py", f"{place}/__init__.py") if (self._root / file).is_file())
