"""Only what this machine's key signed is let in; the requests are signed by botocore, as every client signs them."""

import dataclasses
from urllib.parse import urlsplit

import pytest
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from local.aws.access import AccessKey, Refusal, Request, claim, payload_hash, recognize, verify

KEY = AccessKey("LOCAL0123456789ABCDEF", "a secret")
TABLE_CALL = AWSRequest("POST", "http://127.0.0.1:1/", headers={"X-Amz-Target": "DynamoDB_20120810.ListTables"}, data=b"{}")


def admit(request: Request, body: bytes | None = None, key: AccessKey = KEY) -> None:
    claimed = claim(request)
    recognize(claimed, key)
    verify(request, claimed, key, payload=payload_hash(request, claimed, body))


def sent(request: AWSRequest) -> Request:
    prepared = request.prepare()
    url = urlsplit(prepared.url)
    headers = {name.lower(): value.decode() if isinstance(value, bytes) else str(value) for name, value in prepared.headers.items()}
    return Request(prepared.method, url.path, url.query, {"host": url.netloc} | headers)


def signed(
    kind: type[SigV4Auth] = SigV4Auth, *, key: AccessKey = KEY, service: str = "dynamodb", request: AWSRequest = TABLE_CALL
) -> Request:
    copy = AWSRequest(request.method, request.url, headers=dict(request.headers), data=request.data)
    kind(Credentials(key.id, key.secret), service, "us-east-1").add_auth(copy)
    return sent(copy)


def object_request(method: str = "GET", query: str = "") -> AWSRequest:
    return AWSRequest(method, f"http://127.0.0.1:1/releases/a%2Bb/%C3%BC%20c.tar{query}")


def test_a_signed_table_call_is_admitted() -> None:
    admit(signed(), b"{}")


@pytest.mark.parametrize("query", ["", "?list-type=2&prefix=a%2Fb%20c&empty="])
def test_a_signed_object_request_is_admitted_whatever_its_key_and_query(query: str) -> None:
    admit(signed(S3SigV4Auth, service="s3", request=object_request(query=query)))


def test_a_presigned_url_is_admitted() -> None:
    admit(signed(S3SigV4QueryAuth, service="s3", request=object_request()))


def test_an_unsigned_request_is_told_to_sign() -> None:
    with pytest.raises(Refusal, match="Signature Version 4") as refusal:
        admit(sent(TABLE_CALL))
    assert refusal.value.code == "MissingAuthenticationToken"


def test_another_key_is_refused() -> None:
    with pytest.raises(Refusal, match="not this machine's") as refusal:
        admit(signed(key=AccessKey("AKIAIOSFODNN7EXAMPLE", KEY.secret)), b"{}")
    assert refusal.value.code == "UnrecognizedClientException"


def test_the_key_id_alone_does_not_open_because_presigned_urls_show_it() -> None:
    with pytest.raises(Refusal) as refusal:
        admit(signed(key=AccessKey(KEY.id, "a guess")), b"{}")
    assert refusal.value.code == "SignatureDoesNotMatch"


def test_a_signature_covers_the_body() -> None:
    with pytest.raises(Refusal, match="signature"):
        admit(signed(), b'{"Limit": 1}')


@pytest.mark.parametrize(("method", "path"), [("PUT", "/releases/a%2Bb/%C3%BC%20c.tar"), ("GET", "/releases/other")])
def test_a_presigned_url_opens_one_object_in_one_way(method: str, path: str) -> None:
    request = signed(S3SigV4QueryAuth, service="s3", request=object_request())
    with pytest.raises(Refusal, match="signature"):
        admit(dataclasses.replace(request, method=method, path=path))


def test_a_presigned_url_cannot_be_given_a_longer_life() -> None:
    request = signed(S3SigV4QueryAuth, service="s3", request=object_request())
    with pytest.raises(Refusal, match="signature"):
        admit(dataclasses.replace(request, query=request.query.replace("X-Amz-Expires=3600", "X-Amz-Expires=604800")))


def test_other_services_are_named_in_the_refusal() -> None:
    with pytest.raises(Refusal, match="serves dynamodb, kms, s3 and ses, not `sqs`"):
        admit(signed(service="sqs"), b"{}")


def test_a_presigned_table_call_is_refused() -> None:
    with pytest.raises(Refusal, match="only s3"):
        admit(signed(S3SigV4QueryAuth, service="dynamodb", request=object_request()))
