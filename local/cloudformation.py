"""Reads CloudFormation: YAML with its short tags, and the intrinsic functions resolved against one machine's names.

Docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

import base64
import json
import re
import secrets
from collections.abc import Callable, Mapping
from typing import Any

import yaml

from local.invocation import ACCOUNT, REGION, function_arn

_ABSENT = object()
_VARIABLE = re.compile(r"\$\{(!?)([^}]+)\}")
_SECRET = re.compile(r"\{\{resolve:secretsmanager:([^:}]+):SecretString\}\}")


class TemplateError(ValueError):
    """The template says something that this machine cannot carry out."""


class _Loader(yaml.SafeLoader):
    pass


def _short_form(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        assert isinstance(node, yaml.MappingNode)
        value = loader.construct_mapping(node, deep=True)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _short_form)


def load(text: str) -> dict[str, Any]:
    document = yaml.load(text, _Loader)  # noqa: S506  a SafeLoader with constructors for the short tags
    if not isinstance(document, dict) or "Resources" not in document:
        raise TemplateError("not a CloudFormation template: it has no Resources")
    return document


class Resolver:
    """Turns intrinsic functions into values, with the physical names that resources have on this machine."""

    def __init__(self, document: Mapping[str, Any], *, stack: str = "orrery", parameters: Mapping[str, str] | None = None) -> None:
        self.document, self.stack, self.given = document, stack, dict(parameters or {})
        self.resources: Mapping[str, Any] = document["Resources"]
        self._secrets: dict[str, str] = {}
        unknown = self.given.keys() - document.get("Parameters", {}).keys()
        if unknown:
            raise TemplateError(f"the template has no parameter `{sorted(unknown)[0]}`")

    def parameter(self, name: str) -> Any:
        declared = self.document["Parameters"][name]
        value = self.given.get(name, declared.get("Default", _ABSENT))
        if value is _ABSENT:
            raise TemplateError(f"parameter `{name}` has no default: give it a value for this machine")
        if declared.get("Type", "String").startswith(("CommaDelimitedList", "List<")):
            return [item.strip() for item in str(value).split(",")] if value else []
        return str(value)

    def secret(self, name: str) -> str:
        """What Secrets Manager would have drawn: drawn anew for each reading of a template, and the same throughout it."""
        return self._secrets.setdefault(name, secrets.token_urlsafe(32))

    def condition(self, name: str) -> bool:
        try:
            return bool(self.value(self.document["Conditions"][name]))
        except KeyError:
            raise TemplateError(f"the template has no condition `{name}`") from None

    def exists(self, resource: Mapping[str, Any]) -> bool:
        return "Condition" not in resource or self.condition(resource["Condition"])

    def value(self, node: Any) -> Any:
        """The node with every intrinsic function resolved; AWS::NoValue drops its key or item."""
        if isinstance(node, list):
            return [item for item in map(self.value, node) if item is not _ABSENT]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            key, argument = next(iter(node.items()))
            if key == "Ref":
                return self.ref(argument)
            if key == "Condition" and isinstance(argument, str):
                return self.condition(argument)
            if key.startswith("Fn::"):
                return self._function(key, argument)
        return {key: value for key, item in node.items() if (value := self.value(item)) is not _ABSENT}

    def ref(self, name: str) -> Any:
        pseudo = {
            "AWS::Region": REGION,
            "AWS::AccountId": ACCOUNT,
            "AWS::Partition": "aws",
            "AWS::URLSuffix": "amazonaws.com",
            "AWS::StackName": self.stack,
            "AWS::StackId": f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{self.stack}/local",
            "AWS::NotificationARNs": [],
            "AWS::NoValue": _ABSENT,
        }
        if name in pseudo:
            return pseudo[name]
        if name in self.document.get("Parameters", {}):
            return self.parameter(name)
        kind = self._kind(name)
        return self.arn(name) if kind.endswith(("StateMachine", "LayerVersion")) else self.physical(name)

    def physical(self, name: str) -> str:
        """The name that a resource has on this machine: its own if the template gives one, else made of stack and logical id."""
        properties = self.resources[name].get("Properties", {})
        for key in ("FunctionName", "TableName", "BucketName", "Name", "RoleName", "LogGroupName", "QueueName", "LayerName"):
            if key in properties and self._kind(name) != "AWS::Serverless::HttpApi":
                return str(self.value(properties[key]))
        made = f"{self.stack}-{name}"
        return made.lower() if self._kind(name) == "AWS::S3::Bucket" else made

    def arn(self, name: str) -> str:
        physical = self.physical(name)
        match self._kind(name).split("::")[-1]:
            case "Function" if "CloudFront" in self._kind(name):
                return f"arn:aws:cloudfront::{ACCOUNT}:function/{physical}"
            case "Function":
                return function_arn(physical)
            case "StateMachine":
                return f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{physical}"
            case "LayerVersion":
                return f"arn:aws:lambda:{REGION}:{ACCOUNT}:layer:{physical}:1"
            case "Table" | "GlobalTable":
                return f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{physical}"
            case "Bucket":
                return f"arn:aws:s3:::{physical}"
            case "Role":
                return f"arn:aws:iam::{ACCOUNT}:role/{physical}"
        service = self._kind(name).split("::")[1].lower()
        return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{physical}"

    def attribute(self, name: str, attribute: str) -> str:
        if name not in self.resources and name.removesuffix("Role") in self.resources:  # the role that SAM makes for a function
            return f"arn:aws:iam::{ACCOUNT}:role/{self.stack}-{name}"
        if attribute.lower().endswith("arn"):
            return self.arn(name)
        if attribute == "Name":
            return self.physical(name)
        if attribute in ("DomainName", "RegionalDomainName", "ApiEndpoint"):
            return f"{self.physical(name)}.local"
        return f"{self.physical(name)}-{attribute}"

    def _kind(self, name: str) -> str:
        try:
            return str(self.resources[name]["Type"])
        except KeyError:
            raise TemplateError(f"the template names `{name}` and has no such resource or parameter") from None

    def _function(self, key: str, argument: Any) -> Any:
        functions: dict[str, Callable[[Any], Any]] = {
            "Fn::GetAtt": lambda a: self.attribute(a[0], str(self.value(a[1]))),
            "Fn::Sub": self._sub,
            "Fn::Join": lambda a: str(a[0]).join(map(str, self.value(a[1]))),
            "Fn::Split": lambda a: str(self.value(a[1])).split(a[0]),
            "Fn::Select": lambda a: self.value(a[1])[int(self.value(a[0]))],
            "Fn::FindInMap": self._find_in_map,
            "Fn::Base64": lambda a: base64.b64encode(str(self.value(a)).encode()).decode(),
            "Fn::ToJsonString": lambda a: json.dumps(self.value(a)),
            "Fn::Length": lambda a: len(self.value(a)),
            "Fn::If": lambda a: self.value(a[1] if self.condition(a[0]) else a[2]),
            "Fn::Equals": lambda a: self.value(a[0]) == self.value(a[1]),
            "Fn::Not": lambda a: not self.value(a[0]),
            "Fn::And": lambda a: all(map(self.value, a)),
            "Fn::Or": lambda a: any(map(self.value, a)),
        }
        if key not in functions:
            raise TemplateError(f"the local platform does not know `{key}`")
        return functions[key](argument)

    def _sub(self, argument: Any) -> str:
        text, variables = (argument, {}) if isinstance(argument, str) else argument

        def replace(match: re.Match[str]) -> str:
            literal, name = match[1], match[2].strip()
            if literal:
                return "${" + name + "}"
            if name in variables:
                return str(self.value(variables[name]))
            return str(self.attribute(*name.split(".", 1)) if "." in name else self.ref(name))

        return _SECRET.sub(lambda match: self.secret(match[1]), _VARIABLE.sub(replace, text))

    def _find_in_map(self, argument: list[Any]) -> Any:
        found: Any = self.document.get("Mappings", {})
        for part in argument[:3]:
            found = found.get(self.value(part), {}) if isinstance(found, dict) else {}
        if found == {} and len(argument) > 3:
            return self.value(argument[3]["DefaultValue"])
        return found
