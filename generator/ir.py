"""What the contract says, as the rest of the generator sees it. Read this first.

Everything is frozen. Questions a template would have to answer are answered here, as properties that return text or
flags; how the answers are laid out is the templates' business.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal


@dataclass(frozen=True)
class Text:
    """One statement in both languages."""

    zh: str
    en: str


@dataclass(frozen=True)
class TypeRef:
    """The type of a value: a scalar, a named model or enumeration, or a list of one of them."""

    kind: Literal["str", "int", "float", "bool", "model", "enum", "list"]
    name: str = ""
    """Of the model or enumeration; of the integer alias (``Int64``, ``UnixMillis``…) where there is one."""
    base: str = ""
    """``int`` or ``str`` for an enumeration."""
    item: TypeRef | None = None

    @property
    def python(self) -> str:
        """The annotation of a decoded value."""
        if self.item is not None:
            return f"list[{self.item.python}]"
        return self.name or self.kind

    @property
    def declared(self) -> str:
        """The annotation of a model's field, where integers hold at most 64 bits."""
        if self.item is not None:
            return f"list[{self.item.declared}]"
        return "Int64" if self.kind == "int" and not self.name else self.python

    @property
    def wire(self) -> str:
        """The annotation of a request body's field: enumerations as their plain values."""
        if self.item is not None:
            return f"Sequence[{self.item.wire}]"
        if self.kind == "enum":
            return "Int64" if self.base == "int" else self.base
        return self.declared

    @property
    def argument(self) -> str:
        """The annotation of a method's argument: an enumeration or its plain value, a moment or its number."""
        if self.item is not None:
            return f"Sequence[{self.item.argument}]"
        if self.kind == "enum":
            return f"{self.name} | {self.base}"
        if self.is_moment:
            return "int | datetime"
        return "int" if self.kind == "int" else self.python

    @property
    def is_moment(self) -> bool:
        return self.name in ("UnixMillis", "UnixSeconds")

    def leaves(self) -> Iterator[TypeRef]:
        """Yield the type itself, or what it is a list of."""
        yield from self.item.leaves() if self.item is not None else (self,)


@dataclass(frozen=True)
class Field:
    """A property of a model, or a header parameter of an operation."""

    wire: str
    name: str
    type: TypeRef
    required: bool
    text: Text
    limits: Text
    """What the schema's keywords say, as prose: length, range, default."""
    schema: dict[str, Any]
    """The property as the contract has it."""
    sensitive: bool = False

    @property
    def codes(self) -> tuple[int, ...]:
        """The business code that a wrong value earns, where it is not the general one."""
        return tuple(self.schema.get("x-errors", ()))

    @property
    def pattern(self) -> str:
        return str(self.schema.get("pattern", ""))

    @property
    def example(self) -> str:
        return str(self.schema.get("example", ""))

    @property
    def doc(self) -> str:
        return join_sentences(self.text.en, self.limits.en)

    @property
    def argument(self) -> str:
        """The declaration behind the name of a method's argument."""
        return self.type.argument if self.required else f"{self.type.argument} | None = None"

    @property
    def declaration(self) -> str:
        """The declaration behind the name of a model's field."""
        name = [f"name={self.wire!r}"] if self.is_renamed else []
        if self.required:
            return self.type.declared + (f" = field({name[0]})" if name else "")
        return f"{self.type.declared} | None = " + (f"field(default=None, {name[0]})" if name else "None")

    @property
    def request_declaration(self) -> str:
        """The same in the body of a request, where what is left out is not sent."""
        name = [f"name={self.wire!r}"] if self.is_renamed else []
        if self.required:
            return self.type.wire + (f" = field({name[0]})" if name else "")
        return f"{self.type.wire} | None = " + (f"field(default=None, {name[0]})" if name else "None")

    @property
    def is_renamed(self) -> bool:
        """Whether the wire name is not the camel case of the Python name."""
        head, *rest = self.name.split("_")
        return head + "".join(word.title() for word in rest) != self.wire

    @property
    def moment_name(self) -> str:
        """The name of the helper that returns the moment as a ``datetime``."""
        return (self.name.removesuffix("_time") if self.name.endswith("_time") else self.name) + "_at"

    @property
    def moment_unit(self) -> str:
        return "millis" if self.type.name == "UnixMillis" else "seconds"

    @property
    def expression(self) -> str:
        """How a method's argument becomes the value of the body's field."""
        if self.type.is_moment:
            return f'to_{self.moment_unit}("{self.name}", {self.name})'
        return self.name


@dataclass(frozen=True)
class Model:
    """An object schema."""

    name: str
    text: Text
    fields: tuple[Field, ...]
    source: str
    identifiers: tuple[str, ...] = ()
    """Wire names of the fields without which it says nothing that can be used."""

    @property
    def sensitive(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields if field.sensitive)

    @property
    def identity(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields if field.wire in self.identifiers)

    @property
    def moments(self) -> tuple[Field, ...]:
        return tuple(field for field in self.fields if field.type.is_moment)

    @property
    def arguments(self) -> tuple[Field, ...]:
        """The fields in the order of a method's signature: required first."""
        return tuple(sorted(self.fields, key=lambda field: not field.required))


@dataclass(frozen=True)
class Member:
    """One value of an enumeration."""

    name: str
    value: int | str
    text: Text


@dataclass(frozen=True)
class Enum:
    """An enumeration schema."""

    name: str
    base: Literal["int", "str"]
    text: Text
    members: tuple[Member, ...]
    source: str


@dataclass(frozen=True)
class Pagination:
    """Which fields of the request and of the page make an operation a list."""

    index: str
    """Python name of the argument that numbers the page."""
    size: str
    rows: Field
    total: Field
    """How many rows there are in all."""
    pages: Field
    """How many pages there are in all."""


@dataclass(frozen=True)
class ErrorCode:
    """One business code."""

    code: int
    name: str
    family: str
    class_name: str
    """Of the family's exception."""
    retry: str
    text: Text
    remedy: Text

    @property
    def throttled(self) -> bool:
        """Whether it refuses a request for its rate, before anything was done."""
        return self.family == "rateLimit" and self.retry == "refused"


@dataclass(frozen=True)
class Family:
    """A group of business codes that a caller handles alike: one exception class."""

    name: str
    class_name: str
    text: Text
    codes: tuple[ErrorCode, ...]


@dataclass(frozen=True)
class SignedHeader:
    """A header of a signature scheme and how its value is made."""

    name: str
    value: Any
    """The parts, as in the contract."""
    expression: str
    """The same as a Python expression over ``m``, a ``Material``."""
    text: Text
    longest: int | None
    """How many characters it may have."""
    example: str
    function: str
    """The name of the function that makes it, where it is a digest."""

    @property
    def call(self) -> str:
        """The expression that makes the value: a digest has a function of its own, for those who only compare it."""
        return f"{self.function}(m)" if self.is_digest else self.expression

    @property
    def literal(self) -> str | None:
        """The part that it carries as it is, if nothing else."""
        is_one = isinstance(self.value, list) and len(self.value) == 1 and isinstance(self.value[0], str)
        return self.value[0] if is_one else None

    @property
    def is_digest(self) -> bool:
        return isinstance(self.value, dict)


@dataclass(frozen=True)
class Scheme:
    """A signature scheme."""

    name: str
    text: Text
    tolerance: int | None
    """Seconds the clocks may differ."""
    headers: tuple[SignedHeader, ...]

    @property
    def constant(self) -> str:
        return "".join(f"_{char}" if char.isupper() else char for char in self.name).upper()

    @property
    def function(self) -> str:
        return f"_{self.constant.lower()}"

    @property
    def literals(self) -> dict[str, str]:
        """Plain part -> the header that carries nothing else."""
        return {header.literal: header.name for header in self.headers if header.literal is not None}

    @property
    def digests(self) -> tuple[SignedHeader, ...]:
        return tuple(header for header in self.headers if header.is_digest)


@dataclass(frozen=True)
class Recovery:
    """How a repeat that is refused shows that the lost attempt before it had done the work."""

    codes: tuple[int, ...]
    read: str
    """The constant of the operation that shows how things stand."""
    by: tuple[str, ...]
    """Wire names of the fields both requests have."""
    attribute: str | None
    values: tuple[int, ...]


@dataclass(frozen=True)
class Search:
    """How to look for what a lost attempt may have made."""

    method: str
    operation: Operation
    """The list to look through."""
    filters: tuple[tuple[Field, str], ...]
    """Arguments of the list, each with the wire name of the sent field it takes."""
    match: tuple[str, ...]
    """Wire names of the fields that must agree."""


@dataclass(frozen=True)
class Example:
    """A body as somebody wrote it down."""

    name: str
    value: Any

    @property
    def by_vendor(self) -> bool:
        """Whether the vendor's document has it; the others are the contract's own."""
        return self.name.startswith("vendor")


@dataclass(frozen=True)
class Operation:
    """One operation of the API, which is one method of the client."""

    id: str
    resource: str
    method: str
    path: str
    summary: Text
    text: Text
    repeat: str
    schemes: tuple[Scheme, ...]
    parameters: tuple[Field, ...]
    """Headers the caller supplies."""
    request: Model
    result: TypeRef | None
    pagination: Pagination | None
    errors: tuple[ErrorCode, ...]
    answer: tuple[Field, ...]
    """The whole answer, from the outside: the envelope's fields and the one that holds the result."""
    answer_text: Text
    examples: tuple[Example, ...]
    """Bodies of requests."""
    answers: tuple[Example, ...]
    source: str
    recovery: Recovery | None = None
    search: Search | None = None

    @property
    def name(self) -> str:
        return f"{self.resource}.{self.method}"

    @property
    def constant(self) -> str:
        return self.method.upper()

    @property
    def example(self) -> Any:
        """The first example of the body."""
        return self.examples[0].value if self.examples else {}

    @cached_property
    def arguments(self) -> tuple[Field, ...]:
        """What a caller passes: required first, headers behind the required body fields."""
        return tuple(sorted((*self.request.fields, *self.parameters), key=lambda field: not field.required))

    @property
    def returns(self) -> str:
        """The type of the unwrapped result."""
        return self.result.python if self.result is not None else "None"

    def mentions(self) -> Iterator[TypeRef]:
        """Yield the types that stand in the method: arguments, body, result and row."""
        types = [TypeRef("model", self.request.name), *(field.type for field in self.arguments)]
        types += [self.result] if self.result is not None else []
        types += [self.pagination.rows.type] if self.pagination is not None else []
        for type_ in types:
            yield from type_.leaves()

    @property
    def row(self) -> str:
        """The type of a row of a paged result."""
        rows = self.pagination.rows.type if self.pagination is not None else None
        return rows.item.python if rows is not None and rows.item is not None else ""

    def returned(self, prefix: str) -> str:
        """The annotation of what the method returns; *prefix* is ``Async`` in the asynchronous client."""
        return f"{prefix}Pager[{self.row}, {self.returns}]" if self.pagination is not None else self.returns

    @property
    def returning(self) -> str:
        return "" if self.result is None else "return "

    @property
    def sensitive(self) -> tuple[str, ...]:
        return tuple(field.wire for field in self.request.fields if field.sensitive)


@dataclass(frozen=True)
class Resource:
    """A group of operations: one attribute of the client, one module."""

    name: str
    text: Text
    operations: tuple[Operation, ...]
    source: str

    @property
    def class_name(self) -> str:
        return self.name.title().replace("_", "")

    @cached_property
    def enums(self) -> tuple[str, ...]:
        """Names of the enumerations its methods mention."""
        fields = (field for operation in self.operations for field in operation.arguments)
        return _names(leaf for field in fields for leaf in field.type.leaves() if leaf.kind == "enum")

    @cached_property
    def models(self) -> tuple[str, ...]:
        """Names of the models its methods mention."""
        return _names(leaf for operation in self.operations for leaf in operation.mentions() if leaf.kind == "model")

    @cached_property
    def schemes(self) -> tuple[Scheme, ...]:
        """The signatures its operations bear."""
        return tuple({scheme.name: scheme for operation in self.operations for scheme in operation.schemes}.values())


@dataclass(frozen=True)
class Webhook:
    """One kind of callback."""

    id: str
    event: str
    tag: int
    """The number that tells the kinds apart."""
    summary: Text
    text: Text
    body: Model
    key: tuple[str, ...]
    """The fields, as Python attributes, that tell one event of this kind from another."""
    examples: tuple[Example, ...]

    @property
    def example(self) -> Any:
        """The first example of the message."""
        return self.examples[0].value if self.examples else {}


@dataclass(frozen=True)
class Delivery:
    """How callbacks are resent, and what stops it."""

    text: Text
    success: tuple[int, ...]
    """The HTTP statuses that stop the resends."""
    schedule: tuple[float, ...]
    """Seconds from each attempt to the next."""
    timeout: float
    """Seconds in which the probe is to be answered."""


@dataclass(frozen=True)
class State:
    """A state of the meeting."""

    name: str
    status: int
    text: Text
    listed: bool
    """Whether lists show it."""
    final: bool


@dataclass(frozen=True)
class Transition:
    """A change of state; the first one has no state to come from."""

    types: tuple[int, ...]
    """The kinds of meeting it belongs to."""
    source: str | None
    event: str
    when: str | None
    target: str


@dataclass(frozen=True)
class StateMachine:
    """The states of a meeting and what leads from one to another: the contract's ``x-states``."""

    states: tuple[State, ...]
    transitions: tuple[Transition, ...]
    """The initial ones first."""
    events: dict[str, Text]
    kinds: Enum | None
    """What the numbers in ``Transition.types`` mean."""
    numbers: Text | None
    """What becomes of the meeting's number."""


@dataclass(frozen=True)
class Message:
    """The outer object of every callback."""

    tag: str
    """Wire name of the field that numbers the kind."""
    body: str
    """Wire name of the field that holds the event."""
    per: str
    """Wire name of the event's field whose equal values make events a sequence."""
    by: str
    """Wire name of the event's field that orders such a sequence."""
    probe: dict[str, Any] | None
    """The body that only asks whether anybody is there."""
    schedule: tuple[float, ...]
    """Seconds from each attempt to the next."""
    scheme: Scheme


@dataclass(frozen=True)
class Rebuild:
    """What can be found out, and from which operations, about events whose callbacks were lost."""

    state: Operation
    """Shows how a meeting stands."""
    argument: str
    """The argument of the operations that names the meeting."""
    status: str
    """Wire name of its state's number."""
    fields: dict[str, str]
    """Wire names of an event's fields, each with the one of the meeting that is the same."""
    unknown: dict[str, Any]
    """What stands in fields that cannot be found out."""
    listed: Operation
    """Lists meetings."""
    type: Field
    """The argument that chooses among them."""
    items: Operation
    """Lists what else events tell of: files."""
    item_event: str
    item: str
    """Wire name of the event's field that holds one."""
    identity: tuple[str, ...]
    """The attributes of such an event that tell one thing from another, whenever it is told of."""
    missing: dict[str, dict[int, tuple[str, ...]]]
    """Last event known, or none -> state -> the events that must have happened since."""
    begun: dict[int, dict[int, tuple[str, ...]]]
    """The same where nothing is known of a meeting but its type."""


@dataclass(frozen=True)
class Envelope:
    """Where things stand in an answer: the contract's ``x-envelope``."""

    code: str
    message: str
    request_id: str
    cost: str
    data: str
    success: int


@dataclass(frozen=True)
class Api:
    """The whole contract."""

    title: Text
    version: str
    summary: Text
    text: Text
    base_url: str
    media_type: str
    resources: tuple[Resource, ...]
    models: tuple[Model, ...]
    enums: tuple[Enum, ...]
    families: tuple[Family, ...]
    codes: tuple[ErrorCode, ...]
    schemes: tuple[Scheme, ...]
    default_schemes: tuple[Scheme, ...]
    envelope: Envelope
    webhooks: tuple[Webhook, ...]
    message: Message | None
    delivery: Delivery | None
    rebuild: Rebuild | None
    states: StateMachine | None
    document: dict[str, Any]
    """The bundle itself, for publishing."""

    @property
    def sensitive(self) -> tuple[str, ...]:
        """The wire names of every field that is not printed."""
        return tuple(sorted({field.wire for model in self.models for field in model.fields if field.sensitive}))

    @property
    def operations(self) -> tuple[Operation, ...]:
        return tuple(operation for resource in self.resources for operation in resource.operations)

    @cached_property
    def models_by_name(self) -> dict[str, Model]:
        return {model.name: model for model in self.models}

    @cached_property
    def enums_by_name(self) -> dict[str, Enum]:
        return {enum.name: enum for enum in self.enums}

    @cached_property
    def requests(self) -> tuple[Model, ...]:
        """The models that are bodies of requests."""
        bodies = {operation.request.name for operation in self.operations}
        return tuple(model for model in self.models if model.name in bodies)

    @cached_property
    def values(self) -> tuple[Model, ...]:
        """The other models."""
        bodies = {model.name for model in self.requests}
        return tuple(model for model in self.models if model.name not in bodies)

    @property
    def signed_apart(self) -> tuple[Operation, ...]:
        """The operations that are signed otherwise than the rest."""
        return tuple(operation for operation in self.operations if operation.schemes != self.default_schemes)


def _names(types: Iterator[TypeRef]) -> tuple[str, ...]:
    return tuple(sorted({type_.name for type_ in types}))


def join_sentences(*sentences: str) -> str:
    """Join texts with spaces, each closed by a full stop."""
    closed = (
        text if text.endswith((".", "!", "?", ":", "。")) else f"{text}." for text in map(str.strip, sentences) if text
    )
    return " ".join(closed)
