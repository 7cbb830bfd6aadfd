"""template.yaml keeps the promises that AWS's limits and our rules ask of it."""

import ast
import json
import pathlib
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions

import pytest
import yaml
from orrery import signing
from orrery.api import caller_address
from orrery.store import registrations

from local import template
from local.environments import uv

ROOT = pathlib.Path(__file__).parents[1]
ROUTES_OF_AN_HTTP_API = 300
BYTES_OF_A_FUNCTION_POLICY = 20 * 1024


class Intrinsics(yaml.SafeLoader):
    """Reads CloudFormation's short tags as {"!Tag": value}."""


def _intrinsic(loader: yaml.SafeLoader, tag: str, node: yaml.Node) -> object:
    if isinstance(node, yaml.ScalarNode):
        return {f"!{tag}": loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {f"!{tag}": loader.construct_sequence(node, deep=True)}
    assert isinstance(node, yaml.MappingNode)
    return {f"!{tag}": loader.construct_mapping(node, deep=True)}


Intrinsics.add_multi_constructor("!", _intrinsic)
TEMPLATE = yaml.load((ROOT / "template.yaml").read_text(), Intrinsics)  # a SafeLoader underneath
RESOURCES = TEMPLATE["Resources"]
BODY = RESOURCES["Api"]["Properties"]["DefinitionBody"]


def of_type(kind: str) -> dict[str, dict]:
    return {name: resource for name, resource in RESOURCES.items() if resource["Type"] == kind}


FUNCTIONS = of_type("AWS::Serverless::Function")


def folder(function: dict) -> str:
    return str(function["Properties"]["CodeUri"]).strip("/").removeprefix("functions/")


def test_every_function_folder_is_a_function_and_the_other_way_round():
    folders = {path.parent.name for path in (ROOT / "functions").glob("*/app.py")}
    assert folders == {folder(function) for function in FUNCTIONS.values()}


def test_a_function_is_named_after_its_folder():
    for logical, function in FUNCTIONS.items():
        assert function["Properties"]["FunctionName"]["!Sub"] == "${AWS::StackName}-" + folder(function)
        assert re.sub(r"(?<!^)(?=[A-Z])", "_", logical).lower() == folder(function)


def test_functions_stand_in_alphabetical_order():
    assert list(FUNCTIONS) == sorted(FUNCTIONS)


def test_the_routes_stay_far_below_the_limit_and_lead_to_integrations_that_exist():
    integrations = BODY["components"]["x-amazon-apigateway-integrations"]
    assert len(BODY["paths"]) <= ROUTES_OF_AN_HTTP_API / 2
    for path, methods in BODY["paths"].items():
        for method in methods.values():
            assert method["x-amazon-apigateway-integration"]["$ref"].rsplit("/", 1)[1] in integrations, path


def test_one_integration_and_one_permission_per_http_function():
    integrations = BODY["components"]["x-amazon-apigateway-integrations"]
    permissions = [p["Properties"]["FunctionName"]["!Ref"].removesuffix(".Alias") for p in of_type("AWS::Lambda::Permission").values()]
    assert sorted(permissions) == sorted(set(permissions))
    assert {folder(FUNCTIONS[name]) for name in permissions} == set(integrations)
    for name, integration in integrations.items():
        assert f"${{AWS::StackName}}-{name}:live" in integration["uri"]["!Sub"]
        assert integration["payloadFormatVersion"] == "2.0"


def test_a_functions_policy_stays_below_lambdas_limit():
    for permission in of_type("AWS::Lambda::Permission").values():
        assert len(json.dumps(permission)) < BYTES_OF_A_FUNCTION_POLICY / 10


def test_no_statement_allows_everything():
    for name, function in FUNCTIONS.items():
        for policy in function["Properties"].get("Policies", []):
            for statement in policy["Statement"]:
                actions = [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
                assert not any("*" in action for action in actions), name
                assert statement["Resource"] != "*", name


def test_http_functions_start_from_a_snapshot():
    for name, function in FUNCTIONS.items():
        if folder(function) in BODY["components"]["x-amazon-apigateway-integrations"]:
            assert function["Properties"]["SnapStart"] == {"ApplyOn": "PublishedVersions"}, name
            assert function["Properties"]["AutoPublishAlias"] == "live", name


def test_http_functions_answer_within_the_gateways_time():
    assert TEMPLATE["Globals"]["Function"]["Timeout"] < 30


def test_every_state_machine_file_is_deployed_under_its_own_name():
    machines = {
        m["Properties"]["DefinitionUri"]: m["Properties"]["Name"]["!Sub"] for m in of_type("AWS::Serverless::StateMachine").values()
    }
    assert set(machines) == {f"statemachines/{path.name}" for path in (ROOT / "statemachines").glob("*.asl.json")}
    for file, name in machines.items():
        assert name == "${AWS::StackName}-" + pathlib.Path(file).name.removesuffix(".asl.json")


def test_every_substitution_of_a_state_machine_is_given():
    for machine in of_type("AWS::Serverless::StateMachine").values():
        wanted = set(re.findall(r"\$\{(\w+)\}", (ROOT / machine["Properties"]["DefinitionUri"]).read_text()))
        assert wanted == set(machine["Properties"]["DefinitionSubstitutions"])


def test_the_table_can_be_restored_and_is_encrypted_and_kept():
    table = RESOURCES["Table"]
    assert table["Properties"]["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["Properties"]["SSESpecification"] == {"SSEEnabled": True}
    assert table["Properties"]["DeletionProtectionEnabled"] is True
    assert table["DeletionPolicy"] == "Retain"


@pytest.mark.parametrize("name", list(of_type("AWS::S3::Bucket")))
def test_buckets_are_encrypted_private_and_speak_only_tls(name):
    properties = RESOURCES[name]["Properties"]
    assert properties["BucketEncryption"]
    assert all(properties["PublicAccessBlockConfiguration"].values())
    policies = [p["Properties"] for p in of_type("AWS::S3::BucketPolicy").values() if p["Properties"]["Bucket"]["!Ref"] == name]
    denied = [s for s in policies[0]["PolicyDocument"]["Statement"] if s["Effect"] == "Deny"]
    assert [s["Condition"] for s in denied] == [{"Bool": {"aws:SecureTransport": "false"}}]


DISTRIBUTION = RESOURCES["Distribution"]["Properties"]["DistributionConfig"]
PAGES, FOR_API = DISTRIBUTION["DefaultCacheBehavior"], DISTRIBUTION["CacheBehaviors"]
CACHING_DISABLED, ALL_VIEWER_EXCEPT_HOST = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad", "b689b0a8-53d0-40ab-baf2-68738e2966ac"
"""https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html, and so for origin requests."""
NOT_FOR_BROWSERS = {"/agent/*", "/airflow/*"}


def test_the_consoles_address_leads_to_every_route_of_the_api_that_a_browser_may_want():
    assert {f"/{path.split('/')[1]}/*" for path in BODY["paths"]} - NOT_FOR_BROWSERS == {each["PathPattern"] for each in FOR_API}


@pytest.mark.parametrize("behavior", FOR_API, ids=lambda each: each["PathPattern"])
def test_answers_of_the_api_are_never_cached_and_whoever_asks_is_passed_on_with_their_credentials_and_address(behavior):
    assert behavior["CachePolicyId"] == CACHING_DISABLED
    assert behavior["OriginRequestPolicyId"] == ALL_VIEWER_EXCEPT_HOST, "Authorization is one of a viewer's headers"
    assert set(behavior["AllowedMethods"]) == {"GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"}
    assert behavior["TargetOriginId"] == "api"
    assert functions_of(behavior) == ["ViewerAddress.FunctionARN"]


def functions_of(behavior: dict) -> list[str]:
    return [each["FunctionARN"]["!GetAtt"] for each in behavior["FunctionAssociations"]]


def test_errors_of_the_api_stay_what_they_are():
    assert "CustomErrorResponses" not in DISTRIBUTION
    assert not [each for each in FOR_API if "ResponseHeadersPolicyId" in each or "ConsolePages.FunctionARN" in functions_of(each)]
    assert (functions_of(PAGES), PAGES["ResponseHeadersPolicyId"]) == (["ConsolePages.FunctionARN"], {"!Ref": "ConsoleHeaders"})


def test_the_secret_of_the_distribution_is_drawn_in_aws_and_stands_in_no_file():
    (files, api) = DISTRIBUTION["Origins"]
    dynamic = {"!Sub": "{{resolve:secretsmanager:${OriginSecret}:SecretString}}"}

    assert RESOURCES["OriginSecret"]["Properties"]["GenerateSecretString"]["PasswordLength"] >= 32
    assert api["OriginCustomHeaders"] == [{"HeaderName": caller_address.SECRET, "HeaderValue": dynamic}]
    assert TEMPLATE["Globals"]["Function"]["Environment"]["Variables"]["ORIGIN_SECRET"] == dynamic
    assert "OriginCustomHeaders" not in files
    assert caller_address.ADDRESS in RESOURCES["ViewerAddress"]["Properties"]["FunctionCode"]


def test_nobody_but_the_distribution_reads_the_consoles_bucket_and_it_speaks_current_tls():
    allowed = [each for each in RESOURCES["ConsolePolicy"]["Properties"]["PolicyDocument"]["Statement"] if each["Effect"] == "Allow"]
    source = {"aws:SourceArn": {"!Sub": "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${Distribution}"}}

    assert [(each["Principal"], each["Condition"]) for each in allowed] == [
        ({"Service": "cloudfront.amazonaws.com"}, {"StringEquals": source})
    ]  # fmt: skip
    assert DISTRIBUTION["Origins"][0]["OriginAccessControlId"] == {"!Ref": "ConsoleAccess"}
    assert DISTRIBUTION["ViewerCertificate"]["!If"][1]["MinimumProtocolVersion"] == "TLSv1.2_2021"
    assert DISTRIBUTION["HttpVersion"] == "http2and3"
    assert {each["ViewerProtocolPolicy"] for each in [PAGES, *FOR_API]} == {"redirect-to-https", "https-only"}


def test_a_page_of_the_console_runs_and_shows_only_what_comes_from_the_console():
    policy = RESOURCES["ConsoleHeaders"]["Properties"]["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]["ContentSecurityPolicy"]
    text, given = policy["ContentSecurityPolicy"]["!Sub"]
    assert text == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self' data:; "
        "connect-src 'self' ${Airflows}; manifest-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'; object-src 'none'"
    )
    assert given == {"Airflows": {"!Join": [" ", {"!Ref": "AirflowOrigins"}]}}
    assert policy["Override"] is True


@pytest.mark.parametrize(
    ("origin", "is_taken"),
    {
        "https://*.airflow.example.com": True,
        "https://*.airflow.example.com:8443": True,
        "": True,
        "https://a.example.com; script-src *": False,
        "https://a.example.com/path": False,
        "http://*.example.com": False,
        "'unsafe-inline'": False,
        'https://a.example.com"': False,
    }.items(),
)
def test_an_origin_of_airflows_can_say_nothing_else_in_the_policy_or_the_configuration(origin: str, is_taken: bool):
    assert (re.fullmatch(TEMPLATE["Parameters"]["AirflowOrigins"]["AllowedPattern"], origin) is not None) is is_taken


@pytest.mark.parametrize("origins", ["", "https://*.a.example.com", "https://*.a.example.com,https://*.b.example.com"])
def test_the_consoles_configuration_is_json_whatever_the_stage(origins: str):
    told = template.read(ROOT / "template.yaml", parameters={"AirflowOrigins": origins}).outputs["ConsoleConfiguration"]
    assert json.loads(told)["airflowOrigins"] == [each for each in origins.split(",") if each]
    assert json.loads(told).keys() == {"apiUrl", "issuer", "clientId", "stage", "airflowOrigins"}


PROVIDERS = {
    "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_a1B2c3": True,
    "https://login.example.com": True,
    "": True,
    "http://localhost:8888/development-sign-in": False,
    "http://127.0.0.1:8888/development-sign-in": False,
    "http://login.example.com": False,
    "https://": False,
    "https://login.example.com/?x=1": False,
    "https://ada@login.example.com": False,
    " https://login.example.com": False,
    "development": False,
}


@pytest.mark.parametrize(("address", "is_taken"), PROVIDERS.items())
def test_people_prove_who_they_are_to_a_provider_with_tls_and_never_to_the_stand_in_of_one_machine(address: str, is_taken: bool):
    declared = TEMPLATE["Parameters"]["SignInIssuer"]
    given = TEMPLATE["Globals"]["Function"]["Environment"]["Variables"]["SIGN_IN_ISSUER"]

    assert (re.fullmatch(declared["AllowedPattern"], address) is not None) is is_taken
    assert given == {"!Ref": "SignInIssuer"}, "no other way leads into the function"


def test_the_stand_in_of_one_machine_is_in_nothing_that_is_deployed():
    deployed = [path for folder in ("functions", "layers") for path in (ROOT / folder).rglob("*.py")]

    assert deployed
    assert not [path for path in [*deployed, ROOT / "template.yaml"] if re.search(r"development.sign.in", path.read_text())]


ORGANIZATION = "kms:EncryptionContext:organization"
CLUSTERS, PLATFORM = registrations.OWNER["organization"], signing.OWNER["organization"]
OPENS = {
    "Environment": {"StringNotEquals": {ORGANIZATION: [PLATFORM, CLUSTERS]}},
    "Hypervisor": {"StringEquals": {ORGANIZATION: CLUSTERS}},
    "Provision": {"StringNotEquals": {ORGANIZATION: PLATFORM}},
    "SignIn": {"StringEquals": {f"kms:EncryptionContext:{each}": value for each, value in signing.OWNER.items()}},
}
"""Who opens what was sealed: tenants' secrets, the ways to clusters, the keys that sign people in."""


def test_a_sealed_secret_is_open_to_whom_it_is_for_and_no_other_role():
    opened = {
        name: statement["Condition"]
        for name, function in FUNCTIONS.items()
        for policy in function["Properties"].get("Policies", [])
        for statement in policy["Statement"]
        if "kms:Decrypt" in statement["Action"]
    }
    assert opened == OPENS


@pytest.mark.parametrize(("layer", "group"), [("common", "--no-default-groups"), ("kubernetes", "--only-group=kubernetes")])
def test_a_layer_ships_what_the_lock_file_says(layer, group):
    """What the common layer ships no other one does: both would lie in the same folder of a function."""
    flags = ["--quiet", "--frozen", group, "--no-hashes", "--no-header", "--no-annotate"]  # those of `make lock`
    exported = subprocess.run([uv(), "export", *flags], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    common = (ROOT / "layers/common/requirements.txt").read_text()
    more = exported if layer == "common" else "".join(line for line in exported.splitlines(keepends=True) if line not in common)
    assert (ROOT / f"layers/{layer}/requirements.txt").read_text() == more


def test_the_layers_ship_what_the_plane_imports():
    owners = packages_distributions()
    imported = {name for path in (ROOT / "layers/common/orrery").rglob("*.py") for name in libraries(ast.parse(path.read_text()))}
    assert {"cryptography", "kubernetes", "pydantic"} <= imported
    assert [name for name in sorted(imported) if not {each.lower().replace("_", "-") for each in owners[name]} & shipped()] == []


def shipped() -> set[str]:
    return {name for file in ROOT.glob("layers/*/requirements.txt") for name in re.findall(r"^([\w-]+)==", file.read_text(), re.MULTILINE)}


def libraries(node: ast.AST) -> Iterator[str]:
    """The libraries that a module imports when it runs, in functions too; stubs are imported by the type checker alone."""
    if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        return
    named = [each.name for each in node.names] if isinstance(node, ast.Import) else []
    named += [str(node.module)] if isinstance(node, ast.ImportFrom) and not node.level else []
    yield from (name for each in named if (name := each.partition(".")[0]) not in sys.stdlib_module_names | {"orrery"})
    for child in ast.iter_child_nodes(node):
        yield from libraries(child)
