"""Refuses table functions that are not pure, when they are defined; and tells when their code has changed.

A table function may use its arguments and other pure functions: no file, clock, network, randomness,
global state. What it calls inside renben is read too; installed packages are trusted but for a short list.
"""

import ast
import hashlib
import inspect
import textwrap
from collections.abc import Callable, Iterator
from functools import cache
from types import FunctionType, ModuleType
from typing import Any

from renben.core.errors import DefinitionError

IMPURE_NAMES = frozenset(
    {"open", "print", "input", "exec", "eval", "compile", "globals", "__import__", "breakpoint"}
)
IMPURE_MODULES = frozenset(
    {
        "os",
        "io",
        "sys",
        "pathlib",
        "shutil",
        "tempfile",
        "time",
        "random",
        "secrets",
        "uuid",
        "socket",
        "urllib",
    }
    | {"http", "requests", "httpx", "subprocess", "threading", "multiprocessing", "sqlite3", "numpy.random"}
)
IMPURE_ATTRIBUTES = frozenset(
    {"now", "today", "utcnow", "sample", "shuffle", "collect_async", "getenv", "environ"}
)
IMPURE_PREFIXES = ("scan_", "read_", "write_", "sink_")
TRUSTED = ("renben.core.", "renben.catalogue.")


def check_pure(function: Callable[..., Any]) -> None:
    """Refuse a function that reads or changes anything but its arguments.

    Raises:
        DefinitionError: names the function, the line and what it must not use.
    """
    for member in reachable(function):
        _check_one(member)


def code_digest(function: Callable[..., Any]) -> str:
    """Digest of what a function computes: its syntax and that of everything in renben it calls."""
    digest = hashlib.blake2b(digest_size=16)
    for member in sorted(reachable(function), key=lambda f: (f.__module__, f.__qualname__)):
        digest.update(_written(member))
        for name, value in _plain_globals(member):
            told = sorted(value, key=repr) if isinstance(value, frozenset) else value  # sets have no order
            digest.update(f"{name}={told!r}".encode())
    return digest.hexdigest()


def reachable(function: Callable[..., Any]) -> list[FunctionType]:
    """The function and every renben function it can call, each once."""
    start = inspect.unwrap(function)
    found: dict[int, FunctionType] = {}
    queue: list[Any] = [start]
    while queue:
        at = queue.pop()
        at = getattr(at, "function", at) if not isinstance(at, FunctionType) else at
        at = inspect.unwrap(at) if callable(at) else at
        if not isinstance(at, FunctionType) or id(at) in found or at.__module__.startswith(TRUSTED):
            continue
        if at is not start and at.__module__ != start.__module__ and not at.__module__.startswith("renben."):
            continue
        found[id(at)] = at
        queue.extend(value for _, value in _resolved(at))
    return list(found.values())


@cache
def _tree(function: FunctionType) -> ast.AST:
    """Syntax of a function without docstring, decorators and annotations."""
    try:
        source = textwrap.dedent(inspect.getsource(function))
    except OSError as error:
        raise DefinitionError(
            f"{function.__qualname__}: its source cannot be read; define it in a file."
        ) from error
    try:
        tree = ast.parse(source).body[0]
    except SyntaxError as error:  # a lambda inside a larger expression
        raise DefinitionError(f"{function.__qualname__}: write it as a named function.") from error
    if isinstance(tree, ast.FunctionDef):
        tree.decorator_list, tree.returns = [], None
        if ast.get_docstring(tree) is not None:
            tree.body = tree.body[1:] or [ast.Pass()]
        for argument in (*tree.args.args, *tree.args.kwonlyargs):
            argument.annotation = None
    return tree


@cache
def _written(function: FunctionType) -> bytes:
    """What a function says, for its digest."""
    return ast.dump(_tree(function)).encode()


@cache
def _names(function: FunctionType) -> tuple[tuple[str, ...], ...]:
    """Names and dotted names that a function uses, each once, in order."""
    used = (tuple(_dotted(node)) for node in ast.walk(_tree(function)))
    return tuple(dict.fromkeys(dotted for dotted in used if dotted))


def _resolved(function: FunctionType) -> Iterator[tuple[str, Any]]:
    """Global names and dotted names that a function uses, with what they stand for now."""
    for dotted in _names(function):
        if dotted[0] in function.__globals__:
            value: Any = function.__globals__[dotted[0]]
            yield dotted[0], value
            for i, part in enumerate(dotted[1:], start=2):
                value = getattr(value, part, None)
                if value is None:
                    break
                yield ".".join(dotted[:i]), value
                if not isinstance(value, ModuleType):
                    break


def _dotted(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Name):
        return [node.id]
    if isinstance(node, ast.Attribute):
        head = _dotted(node.value)
        return [*head, node.attr] if head else []
    return []


def _plain_globals(function: FunctionType) -> list[tuple[str, Any]]:
    """Constants of its module that a function uses."""
    plain = (int, float, str, bool, tuple, frozenset, bytes)
    return sorted(
        {n: v for n, v in _resolved(function) if isinstance(v, plain)}.items(), key=lambda item: item[0]
    )


@cache
def _check_syntax(function: FunctionType) -> None:
    for node in ast.walk(_tree(function)):
        if isinstance(node, ast.Global | ast.Nonlocal):
            _refuse(function, node, f"changes {', '.join(node.names)}")
        if isinstance(node, ast.Name) and node.id in IMPURE_NAMES:
            _refuse(function, node, f"uses {node.id}()")
        if isinstance(node, ast.Attribute):
            _check_attribute(function, node)


def _check_one(function: FunctionType) -> None:
    _check_syntax(function)
    tree = _tree(function)
    for name, value in _resolved(function):
        module = value.__name__ if isinstance(value, ModuleType) else getattr(value, "__module__", "") or ""
        if isinstance(value, ModuleType | FunctionType | type) and _impure_module(module):
            _refuse(function, tree, f"uses {name} ({module})")
        if isinstance(value, list | dict | set | bytearray):
            _refuse(
                function, tree, f"reads {name}, which can change; make it a tuple, a frozenset or an input"
            )


def _impure_module(module: str) -> bool:
    return any(module == bad or module.startswith(bad + ".") for bad in IMPURE_MODULES)


def _check_attribute(function: FunctionType, node: ast.Attribute) -> None:
    if node.attr in IMPURE_ATTRIBUTES or node.attr.startswith(IMPURE_PREFIXES):
        _refuse(function, node, f"uses .{node.attr}")


def _refuse(function: FunctionType, node: ast.AST, why: str) -> None:
    line = function.__code__.co_firstlineno + getattr(node, "lineno", 1) - 1
    raise DefinitionError(
        f"{function.__module__}.{function.__qualname__} (line {line}) {why}: a table function is pure. "
        "Take it as an argument: another dataset, law, or seed: int with renben.core.randomness.stream."
    )
