"""Our own API in miniature: enough of the wire for the command's unit tests, and a record of every request."""

import gzip
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

import fake_deployment
import fake_environment
import fake_scaling as scaling

ORGANIZATION = "corganization0000000001aa"
WORKSPACE = "cworkspace0000000000001aa"
DEPLOYMENT = "cdeployment000000000001aa"
CLUSTER = "ccluster0000000000000001a"
TOKEN = "ctoken00000000000000001aa"
AGENT_TOKEN = "cagenttoken00000000001aaa"
TEAM = "cteam000000000000000001aa"
USER = "cuser000000000000000001aa"
ROLE = "crole0000000000000000001a"
INVITE = "cinvite0000000000000001aa"
DEPLOY = "cdeploy0000000000000001aa"
TIME = "2026-01-02T03:04:05.678Z"

Item = dict[str, Any]


@dataclass
class Request:
    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Answer:
    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


class Plane:
    """One Organization with one of everything; `answers` overrules a path once per entry, `statuses` plays a Deployment's life."""

    def __init__(self) -> None:
        self.token = "a.plane.token"
        self.requests: list[Request] = []
        self.answers: dict[tuple[str, str], list[Answer]] = {}
        self.broken = False
        self.statuses: list[str] = []
        self.run_states: list[str] = []
        self.blobs: dict[str, bytes] = {}
        self.workspaces: list[Item] = [
            {"id": WORKSPACE, "name": "Data", "description": "", "cicdEnforcedDefault": False, "createdAt": TIME}
        ]
        self.audit_logs: list[Item] = [_AUDIT_LOG]
        self.deployments = [_deployment("etl")]
        self.logs: list[Item] = [
            {"source": "worker", "timestamp": 1767323045.0, "raw": "worker: Warm shutdown"},
            {"source": "scheduler", "timestamp": 1767323044.0, "raw": f"{TIME} [info     ] Starting the scheduler"},
        ]
        self.environment = fake_environment.objects(WORKSPACE, DEPLOYMENT, TIME)
        self.log_pages = [
            [{"event": "::group::Log source"}, {"timestamp": TIME, "level": "info", "event": "read 1461 rows", "logger": "task"}]
        ]

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"plane": self}))
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        for each in self.deployments:
            each["webServerAirflowApiUrl"] = f"{each['namespace']}.localhost:{self.port}/api/v2"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, method: str, path: str, *answers: Answer) -> None:
        self.answers.setdefault((method, path), []).extend(answers)

    def asked(self, method: str, ending: str = "") -> list[Request]:
        return [each for each in self.requests if each.method == method and each.path.endswith(ending)]

    def handle(self, request: Request) -> Answer:
        self.requests.append(request)
        if self.broken:
            return error(500, "something is wrong here", code="INTERNAL")
        queued = self.answers.get((request.method, request.path))
        if queued:
            return queued.pop(0)
        if request.path == "/upload":
            return self._upload(request)
        if request.path == "/invitations/v1/accept":
            return self._accept(request)
        if request.headers.get("authorization") != f"Bearer {self.token}":
            return error(401, "this token is not known", code="UNAUTHENTICATED")
        if request.path.startswith("/api/v2"):
            return self._airflow(request)
        return self._v1(request)

    def _v1(self, request: Request) -> Answer:
        path = request.path.replace(f"/v1/organizations/{ORGANIZATION}", "", 1)
        parts = path.strip("/").split("/")
        match request.method, parts:
            case "GET", ["spec", "v1.0"]:
                return Answer(body=SPEC)
            case "GET", ["v1", "users", "self"]:
                return Answer(body={"id": TOKEN, "username": "ci", "fullName": "ci", "organizationId": ORGANIZATION, "roles": []})
            case "GET", ["v1", "organizations"]:
                return _page("organizations", [_ORGANIZATION], request)
            case "GET", [""]:
                return Answer(body=_ORGANIZATION)
            case "POST", [""]:
                return Answer(body=_ORGANIZATION | request.json)
            case "GET", ["audit-logs"]:
                packed = gzip.compress("".join(f"{json.dumps(each)}\n" for each in self.audit_logs).encode())
                return Answer(body=packed, headers={"content-type": "application/octet-stream", "content-encoding": "gzip"})
            case "GET", ["clusters"]:
                return _page("clusters", [_CLUSTER], request)
            case "GET", ["deployment-options"]:
                return Answer(body=fake_deployment.OPTIONS)
            case "GET", ["cluster-options"]:
                return Answer(body=[fake_deployment.CLUSTER_OPTIONS])
            case "GET", ["allowed-ip-address-ranges"]:
                return _page("allowedIpAddressRanges", [_RANGE_ALLOWED], request)
            case "POST", ["allowed-ip-address-ranges", "bulk-create"]:
                ranges = request.json["allowedIpAddressRanges"]
                return Answer(body={"allowedIpAddressRanges": [_RANGE_ALLOWED | {"ipAddressRange": each} for each in ranges]})
            case "POST", ["allowed-ip-address-ranges", "bulk-delete"]:
                return Answer(204)
            case "GET", ["users", _, "teams"]:
                return _page("teams", [_TEAM], request)
            case "GET", ["workspaces"]:
                return _page("workspaces", self.workspaces, request)
            case "GET", ["tokens"]:
                return _page("tokens", [_TOKEN], request)
            case "GET", ["teams"]:
                return _page("teams", [_TEAM], request)
            case "GET", ["users"]:
                return _page("users", [_USER], request)
            case "GET", ["roles"]:
                listed = {name: value for name, value in _ROLE.items() if name != "permissions"}
                answer = _page("roles", [listed], request)
                answer.body["defaultRoles"] = [_DEFAULT_ROLE] if "includeDefaultRoles" in request.query else None
                return answer
            case "GET", ["role-templates"]:
                return Answer(body=[_ROLE_TEMPLATE])
            case "GET", ["v1", "authorization", "permission-groups"]:
                return Answer(body=[_PERMISSION_GROUP])
            case "POST", ["roles"]:
                return Answer(body=_ROLE | request.json)
            case _, ["roles", _id]:
                return self._one(request, [_ROLE], _id)
            case "GET", ["invites"]:
                return _page("invites", [_INVITE], request)
            case "POST", ["invites"]:
                return Answer(body=_INVITE)
            case "POST", ["invites", _, "link"]:
                return Answer(body={"url": f"{self.url}/invitations/v1/accept#token=once", "expiresAt": TIME})
            case "DELETE", ["invites", _]:
                return Answer(204)
            case "POST", ["teams"]:
                return Answer(body=_TEAM | request.json)
            case "GET", ["teams", _, "members"]:
                return _page(
                    "teamMembers", [{"userId": USER, "username": "eve@example.com", "fullName": "Eve", "createdAt": TIME}], request
                )
            case ("POST", ["teams", _, "members"]) | ("DELETE", ["teams", _, "members", _]):
                return Answer(204)
            case "POST", ["teams" | "users", _, "roles"]:
                return Answer(body={"dagRoles": []} | request.json)
            case "GET", ["authorization", "explain"]:
                asked = {"permission": "permission", "subject": "subjectId", "resource": "resourceId"}
                told = {name: request.query[key][0] for key, name in asked.items()}
                return Answer(body={"isAllowed": True, "message": "it comes from a role", "reasons": [], **told})
            case "GET", ["deployments"]:
                names = request.query.get("names")
                return _page("deployments", [each for each in self.deployments if names is None or each["name"] in names], request)
            case "POST", [("workspaces" | "tokens") as noun]:
                made = {"workspaces": self.workspaces[0], "tokens": _TOKEN | {"token": "a.new.token"}}[noun]
                return Answer(body=made | request.json)
            case "POST", ["deployments"]:
                return Answer(body=_deployment(request.json["name"]) | request.json)
            case "GET", ["clusters", _, "node-plan"]:
                return Answer(body=_NODE_PLAN)
            case "GET" | "POST" | "DELETE", ["clusters" | "teams" | "workspaces" | "tokens" | "users" as noun, _id]:
                known: list[Item] = {
                    "clusters": [_CLUSTER], "teams": [_TEAM], "workspaces": self.workspaces, "tokens": [_TOKEN], "users": [_USER],
                }[noun]  # fmt: skip
                return self._one(request, known, _id)
            case "POST", ["tokens", _, "roles"]:
                on = [each for each in request.json["roles"] if each["entityType"] == "DEPLOYMENT"]
                held = [{"deploymentId": each["entityId"], "role": each["role"]} for each in on]
                return Answer(body=_ROLES | {"deploymentRoles": held, "dagRoles": []})
            case "POST", ["tokens", _, "rotate"]:
                return Answer(body=_TOKEN | {"token": "a.rotated.token"})
            case "GET", ["environment-objects"]:
                of_type = [each for each in self.environment if [each["objectType"]] == request.query["objectType"]]
                return _page("environmentObjects", of_type, request)
            case "POST", ["environment-objects"]:
                made = next(each for each in self.environment if each["objectType"] == request.json["objectType"])
                return Answer(body={"id": made["id"]})
            case "POST", ["environment-objects", _id]:
                found = next(each for each in self.environment if each["id"] == _id)
                return Answer(body=fake_environment.changed(found, request.json))
            case _, ["environment-objects", _id]:
                return self._one(request, self.environment, _id)
            case "POST", ["environment-objects", _, "exclude-linking"]:
                return Answer()
            case _, ["deployments", _id, *rest]:
                return self._of_deployment(request, _id, rest)
        return error(404, f"no route {request.path}")

    def _one(self, request: Request, known: list[Item], id_: str) -> Answer:
        found = next((each for each in known if each["id"] == id_), None)
        if found is None:
            return error(404, "there is no such thing")
        if request.method == "DELETE":
            return Answer(204)
        return Answer(body=found | (request.json if request.method == "POST" else {}))

    def _of_deployment(self, request: Request, id_: str, rest: list[str]) -> Answer:
        match request.method, rest:
            case "GET", [] if self.statuses:
                status = self.statuses.pop(0)
                if status == "gone":
                    return error(404, "there is no such deployment")
                return Answer(body=self.deployments[0] | {"status": status})
            case _, []:
                answer = self._one(request, self.deployments, id_)
                if request.method == "POST" and answer.status == 200:
                    answer.body["workerQueues"] = [{"id": f"q-{each['name']}"} | each for each in answer.body["workerQueues"]]
                return answer
            case "POST", ["handover"]:
                return Answer(body={"url": "http://etl.localhost/auth/handover?code=once"})
            case "POST", ["hibernation-override"]:
                return Answer(body={"isActive": True} | request.json)
            case "DELETE", ["hibernation-override"]:
                return Answer(204)
            case "GET", ["agent-tokens"]:
                return _page("tokens", [_AGENT_TOKEN], request)
            case "POST", ["agent-tokens"]:
                return Answer(body=_AGENT_TOKEN | {"token": "an.agent.token"} | request.json)
            case _, ["agent-tokens", token]:
                return self._one(request, [_AGENT_TOKEN], token)
            case "GET", ["logs"]:
                asked = {name: int(request.query[name][0]) for name in ("limit", "offset", "maxNumResults")}
                page = self.logs[asked["offset"] : asked["offset"] + asked["limit"]]
                return Answer(body=asked | {"results": page, "resultCount": len(page), "searchId": "s1"})
            case "GET", ["scaling-decisions"]:
                return _page("scalingDecisions", [scaling.DECISION], request)
            case _, ["scaling-replays"]:
                return Answer(body=scaling.REPLAY | request.json)
            case _, ["scaling-advice"]:
                return Answer(body=scaling.ADVICE)
            case "GET", ["deploys"]:
                return _page("deploys", [_DEPLOY], request)
            case "POST", ["deploys"]:
                return Answer(body=_DEPLOY | {"status": "INITIALIZED", "dagsUploadUrl": f"{self.url}/upload?sig=secret"} | request.json)
            case "GET" | "POST", ["deploys", _]:
                return Answer(body=_DEPLOY | (request.json if request.method == "POST" else {}))
            case "POST", ["deploys", _, "finalize"]:
                self.deployments[0]["dagTarballVersion"] = request.json["dagTarballVersion"]
                return Answer(body=_DEPLOY | request.json)
            case "POST", ["deploys", _, "rollback"]:
                self.deployments[0]["dagTarballVersion"] = _DEPLOY["dagTarballVersion"]
                return Answer(body=_DEPLOY | {"rollbackFromId": DEPLOY} | request.json)
        return error(404, f"no route {request.path}")

    def _accept(self, request: Request) -> Answer:
        if request.json["token"] not in ("once", self.token) or "authorization" in request.headers:
            return error(404, "this invitation is not open")
        return Answer(body={"user": _USER, "organizationId": ORGANIZATION, "organizationName": "Acme"})

    def _upload(self, request: Request) -> Answer:
        match request.query.get("comp"):
            case ["block"]:
                self.blobs[request.query["blockid"][0]] = request.body
            case _:
                self.blobs["committed" if "comp" in request.query else "whole"] = request.body
        return Answer(201, headers={"x-ms-version-id": "2026-01-02T03:04:05.6789012Z"})

    def _airflow(self, request: Request) -> Answer:
        if request.path.endswith("/dagRuns/manual__1"):
            return Answer(body={"dag_run_id": "manual__1", "state": self.run_states.pop(0) if self.run_states else "success"})
        if request.path.endswith("/dagRuns"):
            return Answer(body={"dag_runs": [{"dag_id": "weather_etl", "dag_run_id": "manual__1"}], "total_entries": 1})
        if request.path.endswith("/taskInstances"):
            return Answer(body={"task_instances": [_TASK], "total_entries": 1})
        number = int(request.query.get("token", ["0"])[0])
        following = str(number + 1) if number + 1 < len(self.log_pages) else None
        return Answer(body={"content": self.log_pages[number], "continuation_token": following})


class _Handler(BaseHTTPRequestHandler):
    plane: Plane
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet: two of them meet the kernel's delayed acknowledgement

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {key.lower(): value for key, value in self.headers.items()}
        query = parse_qs(parts.query, keep_blank_values=True)
        answer = self.plane.handle(Request(self.command, parts.path, query, headers, body))
        content = b"" if answer.body is None else answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
        self.send_response(answer.status)
        if content and "content-type" not in answer.headers:
            self.send_header("content-type", "application/json")
        for key, value in {**answer.headers, **({} if answer.status == 204 else {"content-length": str(len(content))})}.items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_DELETE = _serve

    def log_message(self, format: str, *args: Any) -> None:
        """Tests read what was asked from the plane, not from stderr."""


def _deployment(name: str) -> Item:
    return fake_deployment.deployment(name, DEPLOYMENT, workspace=WORKSPACE, cluster=CLUSTER)


def error(status: int, message: str, **more: Any) -> Answer:
    return Answer(status, {"message": message, "requestId": "r-1", "statusCode": status, **more})


def _page(key: str, items: list[Item], request: Request) -> Answer:
    offset, limit = int(request.query["offset"][0]), int(request.query["limit"][0])
    return Answer(body={key: items[offset : offset + limit], "limit": limit, "offset": offset, "totalCount": len(items)})


_ORGANIZATION = {"id": ORGANIZATION, "name": "Acme", "product": "HOSTED", "status": "ACTIVE", "isScimEnabled": False, "createdAt": TIME}
_NODE_PLAN: Item = {
    "clusterId": CLUSTER, "decidedAt": "2026-01-01T12:00:00.000Z", "isCarriedOut": True, "problem": "", "unplaced": [],
    "nodePools": [
        {"name": "general", "nodeInstanceType": "m6i.2xlarge", "action": "GROW", "currentNodeCount": 1, "targetNodeCount": 2,
         "packedNodeCount": 2, "reason": "3 workers need 2 nodes of m6i.2xlarge; 1 is there"}
    ],
    "proposals": [{"node": "n1", "nodePool": "general", "savedNodeHoursPerDay": 24.0, "reason": "no worker is on it"}],
}  # fmt: skip
_CLUSTER = {"id": CLUSTER, "name": "standard", "type": "DEDICATED", "status": "CREATED", "cloudProvider": "AWS", "region": "us-east-1"}
_ROLES: Item = {"organizationRole": "ORGANIZATION_MEMBER", "deploymentRoles": [], "dagRoles": []}
_ROLES |= {"workspaceRoles": [{"workspaceId": WORKSPACE, "role": "WORKSPACE_MEMBER"}]}
_TEAM = {"id": TEAM, "name": "platform", "description": "", "rolesCount": 2, "isIdpManaged": False, "createdAt": TIME, **_ROLES}
_USER = {"id": USER, "username": "eve@example.com", "fullName": "Eve", "status": "ACTIVE", "createdAt": TIME, **_ROLES}
_INVITE: Item = {"inviteId": INVITE, "organizationId": ORGANIZATION, "organizationName": "Acme", "userId": USER, "expiresAt": TIME}
_INVITE |= {"invitee": {"id": USER, "username": "dan@example.com"}, "inviter": {"id": USER, "username": "eve@example.com"}}
_ROLE: Item = {"id": ROLE, "name": "runner", "description": "", "scopeType": "DAG", "restrictedWorkspaceIds": []}
_ROLE |= {"permissions": ["dag.get"], "createdAt": TIME, "updatedAt": TIME}
_DEFAULT_ROLE: Item = {"name": "DAG_VIEWER", "description": "Dag Viewer", "scopeType": "DAG", "permissions": ["dag.get"]}
_ROLE_TEMPLATE: Item = _DEFAULT_ROLE | {"name": "DAG Viewer", "description": "Looks at a DAG."}
_PERMISSION_GROUP: Item = {"name": "dag", "scope": "dag", "description": "What may be done with: dag"}
_PERMISSION_GROUP |= {"permissions": [{"action": "get", "description": "Get: dag"}]}
_TOKEN: Item = {"id": TOKEN, "name": "ci", "scope": "ORGANIZATION", "shortToken": "a.pl", "createdAt": TIME}
_TOKEN |= {"roles": [{"entityType": "ORGANIZATION", "entityId": ORGANIZATION, "role": "ORGANIZATION_MEMBER"}]}
_AGENT_TOKEN: Item = {"id": AGENT_TOKEN, "name": "edge", "scope": "DEPLOYMENT", "shortToken": "…agent", "createdAt": TIME}
_AGENT_TOKEN |= {"roles": [{"entityType": "DEPLOYMENT", "entityId": DEPLOYMENT, "role": "DEPLOYMENT_AGENT"}]}
_AUDIT_LOG: Item = {"timestamp": TIME, "organizationId": ORGANIZATION, "subjectId": USER, "subjectType": "USER", "sourceIp": "203.0.113.7"}
_AUDIT_LOG |= {"userAgent": "orrery-cli/1", "method": "POST", "path": f"/v1/organizations/{ORGANIZATION}/teams", "requestId": "r-1"}
_AUDIT_LOG |= {"operationId": "CreateTeam", "requestBody": {"name": "platform"}, "responseStatus": 200}
_DEPLOY = {"id": DEPLOY, "deploymentId": DEPLOYMENT, "status": "DEPLOYED", "type": "DAG_ONLY", "createdAt": TIME, "dagTarballVersion": "v1"}
_TASK = {"dag_id": "weather_etl", "dag_run_id": "manual__1", "task_id": "load", "map_index": -1, "try_number": 2, "start_date": TIME}
_RANGE_ALLOWED: Item = {"id": "crange0000000000000001aa", "organizationId": ORGANIZATION, "ipAddressRange": "203.0.113.0/24"}
_RANGE_ALLOWED |= {"createdAt": TIME, "createdBy": {"id": USER, "subjectType": "USER", "username": "eve@example.com"}}
SPEC = {
    "openapi": "3.1.0",
    "paths": {
        "/users/self": {"get": {"operationId": "GetSelfUser"}},
        "/organizations/{organizationId}/deployments": {
            "get": {"operationId": "ListDeployments", "parameters": [{"name": "limit", "in": "query"}]},
            "post": {"operationId": "CreateDeployment"},
        },
        "/organizations/{organizationId}/deployments/{deploymentId}": {"get": {"operationId": "GetDeployment"}},
        "/organizations/{organizationId}/workspaces": {"post": {"operationId": "CreateWorkspace"}},
    },
}
