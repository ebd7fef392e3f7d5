from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

_F = TypeVar("_F", bound=Callable[..., Any])

def display(
    *,
    boolean: bool | None = None,
    image: bool | None = None,
    ordering: Any = None,
    description: Any = None,
    empty_value: str | None = None,
    dropdown: bool | None = None,
    label: bool | str | Mapping[Any, str] | None = None,
    header: bool | None = None,
) -> Callable[[_F], _F]: ...
def action(
    *,
    permissions: Iterable[str] | None = None,
    description: Any = None,
    url_path: str | None = None,
    attrs: dict[str, Any] | None = None,
    icon: str | None = None,
    variant: Any = None,
    dialog: Any = None,
) -> Callable[[_F], _F]: ...
