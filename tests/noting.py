"""A request that notes the names of the arguments that are asked for."""

from typing import Any

from flask import Request
from werkzeug.datastructures import ImmutableMultiDict


class Arguments(ImmutableMultiDict[str, str]):
    """The arguments of a request, which notes the names that are asked for."""

    names: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.names.add(name)
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        self.names.add(str(name))
        return super().__contains__(name)

    def getlist(self, name: str, type: Any = None) -> list[Any]:
        self.names.add(name)
        return super().getlist(name, type)


class Noting(Request):
    """A request whose arguments are noted."""

    parameter_storage_class = Arguments
