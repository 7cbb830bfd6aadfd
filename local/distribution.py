"""What `template.yaml` says of its CloudFront distribution: which paths go where, and what is said with every file."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.cloudformation import Resolver, TemplateError


@dataclass(frozen=True)
class Origin:
    is_api: bool
    headers: Mapping[str, str]
    """What CloudFront adds to each request that goes there, whatever a viewer sent under the same name; lower-case names."""


@dataclass(frozen=True)
class Behavior:
    pattern: str
    """`*` stands for any characters and `?` for one, as in https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CacheBehavior.html"""
    origin: Origin
    methods: tuple[str, ...]
    functions: frozenset[str]
    """The logical ids of the CloudFront Functions that see a request first."""
    headers: tuple[tuple[str, str], ...]
    """What is said with each answer, lower-case names."""

    def covers(self, path: str) -> bool:
        return re.fullmatch(re.escape(self.pattern).replace(r"\*", ".*").replace(r"\?", "."), path, re.DOTALL) is not None


@dataclass(frozen=True)
class Distribution:
    behaviors: tuple[Behavior, ...]
    """In the order in which they are asked; the last one covers every path."""

    def behavior(self, path: str) -> Behavior:
        """`path` as it came over the wire, still percent-encoded."""
        return next(each for each in self.behaviors if each.covers(path))


def read(resolver: Resolver) -> Distribution | None:
    """The template's distribution, or None when it has none."""
    found = [each for each in resolver.resources.values() if each["Type"] == "AWS::CloudFront::Distribution" and resolver.exists(each)]
    if len(found) > 1:
        raise TemplateError("the local platform serves one distribution")
    return _Reader(resolver).distribution(found[0]["Properties"]["DistributionConfig"]) if found else None


class _Reader:
    def __init__(self, resolver: Resolver) -> None:
        self.resolver = resolver
        ours = [name for name, each in resolver.resources.items() if each["Type"].startswith("AWS::CloudFront::")]
        self._named = {resolver.physical(name): name for name in ours}

    def distribution(self, written: Mapping[str, Any]) -> Distribution:
        config = self.resolver.value(written)
        origins = {each["Id"]: _origin(each) for each in config["Origins"]}
        listed = [*config.get("CacheBehaviors", []), {"PathPattern": "*", **config["DefaultCacheBehavior"]}]
        return Distribution(tuple(self._behavior(each, origins) for each in listed))

    def _behavior(self, config: Mapping[str, Any], origins: Mapping[str, Origin]) -> Behavior:
        return Behavior(
            pattern=config["PathPattern"],
            origin=origins[config["TargetOriginId"]],
            methods=tuple(config.get("AllowedMethods", ("GET", "HEAD"))),
            functions=frozenset(self._function(each) for each in config.get("FunctionAssociations", [])),
            headers=self._headers(config.get("ResponseHeadersPolicyId")),
        )

    def _function(self, association: Mapping[str, Any]) -> str:
        name = self._named.get(str(association["FunctionARN"]).rpartition("/")[2])
        if name is None or association["EventType"] != "viewer-request":
            raise TemplateError("the local platform runs functions of the template, and those of viewer requests alone")
        return name

    def _headers(self, policy: str | None) -> tuple[tuple[str, str], ...]:
        if policy is None:
            return ()
        config = self.resolver.value(self.resolver.resources[self._named[policy]]["Properties"])["ResponseHeadersPolicyConfig"]
        own = [(each["Header"].lower(), str(each["Value"])) for each in config.get("CustomHeadersConfig", {}).get("Items", [])]
        return (*(_security(kind, said) for kind, said in config.get("SecurityHeadersConfig", {}).items()), *own)


def _origin(config: Mapping[str, Any]) -> Origin:
    headers = {each["HeaderName"].lower(): str(each["HeaderValue"]) for each in config.get("OriginCustomHeaders", [])}
    return Origin("S3OriginConfig" not in config, headers)


def _security(kind: str, said: Mapping[str, Any]) -> tuple[str, str]:
    match kind:
        case "ContentSecurityPolicy":
            return "content-security-policy", said["ContentSecurityPolicy"]
        case "ContentTypeOptions":
            return "x-content-type-options", "nosniff"
        case "FrameOptions":
            return "x-frame-options", said["FrameOption"]
        case "ReferrerPolicy":
            return "referrer-policy", said["ReferrerPolicy"]
        case "StrictTransportSecurity":
            more = [word for word, key in (("includeSubDomains", "IncludeSubdomains"), ("preload", "Preload")) if said.get(key)]
            return "strict-transport-security", "; ".join([f"max-age={said['AccessControlMaxAgeSec']}", *more])
    raise TemplateError(f"the local platform does not know the security header `{kind}`")
