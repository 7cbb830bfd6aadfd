"""Frozen values to JSON documents and back: strict about types, tolerant of a field that is younger than the document.

A document holds every field under its own name; times are ISO 8601, enums their value, tuples lists. A field missing from the document
takes its default; a field the class does not know, or a value of another type, is refused (`TypeError`), because guessing would lose data.
"""

import functools
import types
import typing
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from typing import Any, TypeVar

T = TypeVar("T")


def freeze(value: Any) -> dict[str, Any]:
    """A dataclass as a document."""
    return {name: _freeze(getattr(value, name)) for name in _names(type(value))}  # type: ignore[arg-type]


def thaw(cls: type[T], document: dict[str, Any]) -> T:
    """The dataclass that a document was made from."""
    thawed: T = _dataclass_reader(cls)(document)  # type: ignore[arg-type]  # classes are hashable, which mypy does not see
    return thawed


@functools.cache
def _names(cls: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(cls))


def _freeze(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, (tuple, list)):
        return [_freeze(item) for item in value]
    if isinstance(value, dict):
        return {key: _freeze(item) for key, item in value.items()}
    return freeze(value) if is_dataclass(value) else value


@functools.cache
def _dataclass_reader(cls: type) -> Callable[[Any], Any]:
    hints = typing.get_type_hints(cls)
    readers = {name: _reader(hints[name]) for name in _names(cls)}

    def read(document: Any) -> Any:
        if unknown := document.keys() - readers.keys():
            raise TypeError(f"a stored {cls.__name__} has fields this version does not know: {sorted(unknown)}")
        return cls(**{name: readers[name](value) for name, value in document.items()})

    return read


@functools.cache
def _reader(hint: Any) -> Callable[[Any], Any]:
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        inner = _reader(next(arg for arg in args if arg is not types.NoneType))
        return lambda value: None if value is None else inner(value)
    if origin is tuple:
        item = _reader(args[0])
        return lambda value: tuple([item(each) for each in value])
    if origin is dict:
        item = _reader(args[1])
        return lambda value: {key: item(each) for key, each in value.items()}
    if hint is datetime:
        return datetime.fromisoformat
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint
    return _dataclass_reader(hint) if is_dataclass(hint) else _plain(hint)  # type: ignore[arg-type]


def _plain(hint: Any) -> Callable[[Any], Any]:
    if hint is Any:
        return lambda value: value

    def read(value: Any) -> Any:
        if type(value) is not hint and not (hint is float and type(value) is int):
            raise TypeError(f"a stored {hint.__name__} is a {type(value).__name__}")
        return value

    return read
