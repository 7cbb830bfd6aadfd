"""Agent tokens: what the remote agents of a Deployment show. They see that Deployment alone, and die with it."""

from aws_lambda_powertools.event_handler import Response

from orrery.api import granting
from orrery.api.entrance import Caller, no_content, routes
from orrery.api.paging import Page
from orrery.api.tokens import SORTS, made, shown
from orrery.api.wire.tokens import ApiToken, ApiTokensPaginated, CreateAgentTokenRequest
from orrery.authz.permissions import Permission
from orrery.store import deployments, tokens

router = routes()
COLLECTION = "/organizations/<organizationId>/deployments/<deploymentId>/agent-tokens"
ITEM = f"{COLLECTION}/<agentTokenId>"
AGENT_SORTS = {**SORTS, "createdById": lambda each: each.created_by.id, "updatedById": lambda each: each.updated_by.id}


@router.get(COLLECTION, operation_id="ListAgentTokens", summary="List agent tokens", tags=["AgentToken"])
def list_agent_tokens(organizationId: str, deploymentId: str, caller: Caller, asked: Page) -> ApiTokensPaginated:
    """The tokens of a Deployment's remote agents."""
    deployments.fetch(caller, organizationId, deploymentId, Permission.DEPLOYMENT_AGENT_TOKENS_GET)
    cut = asked.cut(tokens.of_agents(deploymentId), AGENT_SORTS)
    return ApiTokensPaginated(tokens=shown(*cut.items), **cut.envelope)


@router.post(COLLECTION, operation_id="CreateAgentToken", summary="Create an agent token", tags=["AgentToken"])
def create_agent_token(organizationId: str, deploymentId: str, body: CreateAgentTokenRequest, caller: Caller) -> ApiToken:
    """A new token for a remote agent; its value is in this answer and nowhere else."""
    deployment = deployments.fetch(caller, organizationId, deploymentId, Permission.DEPLOYMENT_AGENT_TOKENS_CREATE)
    return made(granting.new_agent_token(caller, deployment, body))


@router.get(ITEM, operation_id="GetAgentToken", summary="Get an agent token", tags=["AgentToken"])
def get_agent_token(organizationId: str, deploymentId: str, agentTokenId: str, caller: Caller) -> ApiToken:
    """One agent token's description."""
    deployments.fetch(caller, organizationId, deploymentId, Permission.DEPLOYMENT_AGENT_TOKENS_GET)
    return shown(tokens.of_agent(deploymentId, agentTokenId))[0]


@router.delete(ITEM, operation_id="DeleteAgentToken", summary="Delete an agent token", tags=["AgentToken"], status_code=204)
def delete_agent_token(organizationId: str, deploymentId: str, agentTokenId: str, caller: Caller) -> Response[None]:
    """Delete an agent token; it is dead at the next request."""
    deployments.fetch(caller, organizationId, deploymentId, Permission.DEPLOYMENT_AGENT_TOKENS_DELETE)
    tokens.delete(tokens.of_agent(deploymentId, agentTokenId))
    return no_content()
