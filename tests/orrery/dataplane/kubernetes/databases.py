"""A database server that is always there, for homes on a cluster; what a real one does is tested in `tests/orrery/dataplane/postgres`."""

from dataclasses import dataclass, field


@dataclass
class Databases:
    """Of a server that is always there: which databases it has, and which of them somebody has used."""

    names: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)

    def ensure(self, name: str, *, password: str, reader_password: str) -> None:
        assert password
        assert reader_password
        self.names.add(name)

    def ensure_readable(self, name: str) -> None:
        assert name in self.names

    def is_used(self, name: str) -> bool:
        return name in self.used & self.names

    def remove(self, name: str) -> None:
        self.names.discard(name)
