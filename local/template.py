"""What `template.yaml` says, as values the local platform runs: functions, routes, schedules, machines, tables, buckets, keys,
and the distribution in front."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local import distribution
from local.cloudformation import Resolver, TemplateError, load
from local.distribution import Distribution


@dataclass(frozen=True)
class Function:
    id: str
    """The logical id, as in the template."""
    name: str
    arn: str
    handler: str
    code: Path
    layers: tuple[Path, ...]
    environment: Mapping[str, str]
    timeout: float
    memory: int


@dataclass(frozen=True)
class Route:
    method: str
    """An HTTP method, or ANY."""
    path: str
    """As the template writes it, `{name}` and `{name+}` included, or `$default`."""
    function: str

    @property
    def key(self) -> str:
        return self.path if self.path == "$default" else f"{self.method} {self.path}"


@dataclass(frozen=True)
class Schedule:
    name: str
    expression: str
    target: str
    """ARN of a function or a state machine."""
    input: str | None


@dataclass(frozen=True)
class Machine:
    id: str
    name: str
    arn: str
    definition: str
    express: bool


@dataclass(frozen=True)
class Table:
    name: str
    create: Mapping[str, Any]
    """The arguments of CreateTable."""
    ttl: str | None


@dataclass(frozen=True)
class Bucket:
    name: str
    versioned: bool


@dataclass
class Stack:
    """One template, resolved; `functions` by logical id."""

    functions: dict[str, Function]
    routes: list[Route] = field(default_factory=list)
    schedules: list[Schedule] = field(default_factory=list)
    machines: list[Machine] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    buckets: list[Bucket] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    """The aliases of the KMS keys."""
    distribution: Distribution | None = None
    outputs: dict[str, Any] = field(default_factory=dict)

    def function(self, name: str) -> Function:
        """By logical id, name or ARN."""
        for function in self.functions.values():
            if name in (function.id, function.name, function.arn):
                return function
        raise KeyError(name)


def read(path: Path, *, parameters: Mapping[str, str] | None = None, stack: str = "orrery") -> Stack:
    resolver = Resolver(load(path.read_text()), stack=stack, parameters=parameters)
    reader = _Reader(resolver, path.parent)
    reader.functions()
    for read_kind in (reader.apis, reader.schedules, reader.machines, reader.tables):
        read_kind()
    reader.stack.distribution = distribution.read(resolver)
    outputs = resolver.document.get("Outputs", {})
    reader.stack.outputs.update({name: resolver.value(out["Value"]) for name, out in outputs.items() if resolver.exists(out)})
    return reader.stack


class _Reader:
    def __init__(self, resolver: Resolver, root: Path) -> None:
        self.resolver, self.root, self.stack = resolver, root, Stack(functions={})
        self.globals: dict[str, Any] = resolver.document.get("Globals", {})

    def of_kind(self, *kinds: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Logical id and unresolved properties of every resource of these types that exists under the conditions."""
        for name, resource in self.resolver.resources.items():
            if resource["Type"] in kinds and self.resolver.exists(resource):
                yield name, resource.get("Properties", {})

    def functions(self) -> None:
        shared = self.globals.get("Function", {})
        for name, own in self.of_kind("AWS::Serverless::Function"):
            properties = self.resolver.value(
                {key: item for key, item in _merge(shared, own).items() if key not in ("Policies", "Events", "Layers")}
            )
            layers = [layer for source in (shared, own) for layer in source.get("Layers", [])]
            variables = properties.get("Environment", {}).get("Variables", {})
            self.stack.functions[name] = Function(
                id=name,
                name=self.resolver.physical(name),
                arn=self.resolver.arn(name),
                handler=properties["Handler"],
                code=self.root / properties.get("CodeUri", "."),
                layers=tuple(path for layer in layers if (path := self._layer(layer))),
                environment={key: str(value) for key, value in variables.items()},
                timeout=float(properties.get("Timeout", 3)),
                memory=int(properties.get("MemorySize", 128)),
            )
            for event_name, event in self._events(own):
                self._function_event(name, event_name, event)

    def _layer(self, layer: Any) -> Path | None:
        name = str(layer.get("Ref")) if isinstance(layer, dict) else ""
        if name not in self.resolver.resources:
            return None  # a layer of somebody else (an ARN): its libraries are in the locked environment
        properties = self.resolver.resources[name]["Properties"]
        return self.root / str(properties.get("ContentUri", properties.get("Content", ".")))

    def _events(self, properties: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
        for name, event in properties.get("Events", {}).items():
            if self.resolver.exists(event):
                yield name, {"Type": event["Type"], **self.resolver.value(event.get("Properties", {}))}

    def _function_event(self, function: str, name: str, event: dict[str, Any]) -> None:
        if event["Type"] == "HttpApi":
            self.stack.routes.append(Route(event.get("Method", "ANY").upper().replace("*", "ANY"), event.get("Path", "$default"), function))
        elif event["Type"] in ("Schedule", "ScheduleV2"):
            self._schedule(f"{function}-{name}", event, self.stack.functions[function].arn)
        else:
            raise TemplateError(f"event `{name}` of `{function}`: the local platform does not know events of type `{event['Type']}`")

    def _schedule(self, name: str, event: Mapping[str, Any], target: str) -> None:
        if event.get("State", "ENABLED") != "ENABLED" or event.get("Enabled") is False:
            return
        expression = event.get("ScheduleExpression") or event["Schedule"]
        self.stack.schedules.append(Schedule(event.get("Name", name), expression, target, event.get("Input")))

    def apis(self) -> None:
        for _, own in self.of_kind("AWS::Serverless::HttpApi", "AWS::ApiGatewayV2::Api"):
            properties = self.resolver.value(_merge(self.globals.get("HttpApi", {}), own) if "Name" not in own else own)
            self._body(properties.get("DefinitionBody") or properties.get("Body") or {})
        integrations = {f"integrations/{self.resolver.physical(name)}": own for name, own in self.of_kind("AWS::ApiGatewayV2::Integration")}
        for _, own in self.of_kind("AWS::ApiGatewayV2::Route"):
            properties = self.resolver.value(own)
            uri = self.resolver.value(integrations[properties["Target"]])["IntegrationUri"]
            method, _, path = properties["RouteKey"].rpartition(" ")
            self.stack.routes.append(Route(method or "ANY", path, self._invoked(uri)))

    def _body(self, document: Mapping[str, Any]) -> None:
        """The routes of an OpenAPI definition; an integration may stand beside its operation or be pointed at by $ref."""
        for path, item in document.get("paths", {}).items():
            for method, operation in item.items():
                integration = operation.get("x-amazon-apigateway-integration") if isinstance(operation, dict) else None
                if integration:
                    verb = "ANY" if method == "x-amazon-apigateway-any-method" else method.upper()
                    uri = _follow(document, integration)["uri"]
                    self.stack.routes.append(Route(verb, "$default" if path == "/$default" else path, self._invoked(uri)))

    def _invoked(self, uri: str) -> str:
        for function in self.stack.functions.values():
            if re.search(re.escape(function.arn) + r"(:\w+)?(/|$)", uri):
                return function.id
        raise TemplateError(f"no function of the template is behind the integration `{uri}`")

    def schedules(self) -> None:
        for name, own in self.of_kind("AWS::Scheduler::Schedule"):
            properties = self.resolver.value(own)
            target = properties["Target"]
            self._schedule(name, {**properties, "Input": target.get("Input")}, target["Arn"])
        for name, own in self.of_kind("AWS::Events::Rule"):
            properties = self.resolver.value(own)
            for target in properties.get("Targets", []) if "ScheduleExpression" in properties else []:
                self._schedule(f"{name}-{target['Id']}", {**properties, "Input": target.get("Input")}, target["Arn"])

    def machines(self) -> None:
        for name, own in self.of_kind("AWS::Serverless::StateMachine", "AWS::StepFunctions::StateMachine"):
            own = _merge(self.globals.get("StateMachine", {}), own)
            properties = self.resolver.value({key: item for key, item in own.items() if key not in ("Policies", "Events")})
            machine = Machine(
                id=name,
                name=self.resolver.physical(name),
                arn=self.resolver.arn(name),
                definition=self._definition(name, properties),
                express=properties.get("Type", properties.get("StateMachineType")) == "EXPRESS",
            )
            self.stack.machines.append(machine)
            for event_name, event in self._events(own):
                if event["Type"] in ("Schedule", "ScheduleV2"):
                    self._schedule(f"{name}-{event_name}", event, machine.arn)

    def _definition(self, name: str, properties: Mapping[str, Any]) -> str:
        if "DefinitionUri" in properties:
            text = (self.root / str(properties["DefinitionUri"])).read_text()
        else:
            inline: Any = properties.get("Definition") or properties.get("DefinitionString")
            text = str(inline) if isinstance(inline, str) else json.dumps(inline)
        for key, value in properties.get("DefinitionSubstitutions", {}).items():
            text = text.replace("${" + key + "}", str(value))
        if missing := re.search(r"\$\{\w+\}", text):
            raise TemplateError(f"state machine `{name}`: nothing is substituted for `{missing[0]}`")
        return text

    def tables(self) -> None:
        for name, own in self.of_kind("AWS::DynamoDB::Table"):
            self.stack.tables.append(_table(self.resolver.physical(name), self.resolver.value(own)))
        for name, own in self.of_kind("AWS::Serverless::SimpleTable"):
            key = self.resolver.value(own).get("PrimaryKey", {"Name": "id", "Type": "String"})
            attribute = {"AttributeName": key["Name"], "AttributeType": key["Type"][0]}
            keys = [{"AttributeName": key["Name"], "KeyType": "HASH"}]
            self.stack.tables.append(_table(self.resolver.physical(name), {"AttributeDefinitions": [attribute], "KeySchema": keys}))
        for name, own in self.of_kind("AWS::S3::Bucket"):
            versioning = self.resolver.value(own).get("VersioningConfiguration", {})
            self.stack.buckets.append(Bucket(self.resolver.physical(name), versioning.get("Status") == "Enabled"))
        for _, own in self.of_kind("AWS::KMS::Alias"):
            self.stack.keys.append(str(self.resolver.value(own)["AliasName"]))


def _merge(shared: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Globals under a resource's own properties: mappings merge, everything else of its own wins."""
    merged = {**shared, **own}
    for key in shared.keys() & own.keys():
        if isinstance(shared[key], dict) and isinstance(own[key], dict):
            merged[key] = _merge(shared[key], own[key])
    return merged


def _follow(document: Mapping[str, Any], node: Any) -> Any:
    if "$ref" not in node:
        return node
    found: Any = document
    for part in node["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return found


def _table(name: str, properties: Mapping[str, Any]) -> Table:
    indexes = [
        {key: value for key, value in index.items() if key in ("IndexName", "KeySchema", "Projection")}
        for index in properties.get("GlobalSecondaryIndexes", [])
    ]
    create: dict[str, Any] = {
        "TableName": name,
        "AttributeDefinitions": properties["AttributeDefinitions"],
        "KeySchema": properties["KeySchema"],
        "BillingMode": "PAY_PER_REQUEST",
    }
    if indexes:
        create["GlobalSecondaryIndexes"] = indexes
    ttl = properties.get("TimeToLiveSpecification", {})
    return Table(name, create, ttl.get("AttributeName") if ttl.get("Enabled") else None)
