"""`template.yaml` becomes functions, routes, schedules, machines, tables and buckets; its intrinsics become values."""

from pathlib import Path

import pytest

from local import template
from local.cloudformation import Resolver, TemplateError, load
from local.template import Bucket, Stack

STACK = Path(__file__).parent / "stack" / "template.yaml"


def test_functions_take_globals_under_their_own_properties(stack: Stack) -> None:
    echo = stack.functions["Echo"]
    assert (echo.name, echo.handler, echo.timeout, echo.memory) == ("test-echo", "app.handler", 10, 256)
    assert echo.code == STACK.parent / "functions/echo"
    assert echo.layers == (STACK.parent / "layers/common",)
    assert stack.functions["Other"].timeout == 1
    assert stack.functions["Other"].environment == {"TABLE_NAME": "test-Things", "STAGE": "dev"}


def test_intrinsic_functions_are_resolved(stack: Stack) -> None:
    assert stack.functions["Echo"].environment == {
        "TABLE_NAME": "test-Things",
        "STAGE": "dev",
        "JOINED": "b-us-east-1",
        "BUCKET_ARN": "arn:aws:s3:::test-files/*",
        "LITERAL": "${kept} arn:aws:dynamodb:us-east-1:123456789012:table/test-Things",
    }


def test_parameters_and_conditions_decide() -> None:
    live = template.read(STACK, stack="test", parameters={"Stage": "live"})
    assert live.functions["Echo"].memory == 1024
    assert live.functions["Echo"].environment["ONLY_LIVE"] == "yes"
    assert "Hidden" in live.functions


def test_an_unknown_parameter_is_refused_by_name() -> None:
    with pytest.raises(TemplateError, match="`Stge`"):
        template.read(STACK, parameters={"Stge": "live"})


def test_a_reference_to_nothing_is_refused_by_name() -> None:
    resolver = Resolver(load("Resources: {A: {Type: 'AWS::S3::Bucket'}}"))
    with pytest.raises(TemplateError, match="`Missing`"):
        resolver.value({"Ref": "Missing"})


def test_an_intrinsic_that_is_not_known_is_refused_by_name() -> None:
    with pytest.raises(TemplateError, match="`Fn::ImportValue`"):
        Resolver(load("Resources: {}")).value({"Fn::ImportValue": "x"})


def test_schedules_come_from_functions_machines_and_resources(stack: Stack) -> None:
    found = {schedule.name: (schedule.expression, schedule.target.rpartition(":")[2], schedule.input) for schedule in stack.schedules}
    assert found == {
        "Echo-Sweep": ("rate(5 minutes)", "test-echo", '{"sweep": true}'),
        "Tick-Minutely": ("rate(1 minute)", "test-Tick", None),
        "Nightly": ("cron(0 3 * * ? *)", "test-Other", '{"night": true}'),
    }


def test_state_machines_have_their_substitutions(stack: Stack) -> None:
    build, tick = stack.machines
    assert (build.name, build.express, tick.express) == ("test-build_house", False, True)
    assert stack.functions["Echo"].arn in build.definition
    assert "${" not in build.definition
    assert stack.outputs == {"Machine": "arn:aws:states:us-east-1:123456789012:stateMachine:test-build_house"}


def test_a_substitution_that_nobody_gives_is_refused(tmp_path: Path) -> None:
    (tmp_path / "template.yaml").write_text(
        "Resources: {M: {Type: 'AWS::Serverless::StateMachine', Properties: {Definition: {StartAt: '${Nothing}'}}}}"
    )
    with pytest.raises(TemplateError, match=r"\$\{Nothing\}"):
        template.read(tmp_path / "template.yaml")


def test_tables_and_buckets(stack: Stack) -> None:
    (table,) = stack.tables
    assert (table.name, table.ttl, table.create["BillingMode"]) == ("test-Things", "expires", "PAY_PER_REQUEST")
    assert stack.buckets == [Bucket("test-files", versioned=True)]


def test_routes_of_an_openapi_definition_follow_their_references(tmp_path: Path) -> None:
    (tmp_path / "template.yaml").write_text("""
Resources:
  F: {Type: 'AWS::Serverless::Function', Properties: {FunctionName: f, Handler: app.handler}}
  Api:
    Type: AWS::Serverless::HttpApi
    Properties:
      DefinitionBody:
        components: {integrations: {f: {uri: !Sub "arn:aws:apigateway:x:lambda:path/functions/${F.Arn}:live/invocations"}}}
        paths:
          /a/{proxy+}: {x-amazon-apigateway-any-method: {x-amazon-apigateway-integration: {$ref: "#/components/integrations/f"}}}
          /b: {get: {x-amazon-apigateway-integration: {uri: !GetAtt F.Arn}}}
""")
    routes = template.read(tmp_path / "template.yaml").routes
    assert [(route.key, route.function) for route in routes] == [("ANY /a/{proxy+}", "F"), ("GET /b", "F")]
