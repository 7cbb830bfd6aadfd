"""What of a request may be remembered: only the fields that are named here; everything else is hidden, whatever it is called.

A field that nobody has judged yet, a misspelt one and a value in the wrong place are hidden too, and so is the name of a field that we do
not know: somebody may have written a secret there. `tests/orrery/model/test_redaction.py` fails for a field of the API that stands in
neither list.
"""

import itertools
import json
import math
from typing import Any

from orrery import names

HIDDEN = "***"
LARGEST = 4096
"""Bytes of what is remembered of one body, written as JSON."""

SECRET = frozenset(
    """
    value connection metricsExport extra headers labels definition password login username basicToken apiKey integrationKey
    deploymentApiToken token secret inviteToken acceptToken
    commitUrl authorUrl remoteUrl taskLogUrlPattern webhookUrl endpoint
    """.split()
)
"""Fields whose content is hidden whole: secrets, whatever can hold one, and addresses, because one can be signed or carry a password."""

KEPT = frozenset(
    """
    account allowedIpAddressRangeIds allowedIpAddressRanges airflowVariable allowEnhancedSupportAccess apiTokenId astroMachine
    astroRuntimeVersion au authType authorName authorUsername autoLinkDeployments beforeCommitSha billingEmail branch bundleMountPath
    bundleTarballVersion bundleType cicdEnforcedDefault cloudProvider clusterId clusterType commitSha contactEmails dagId dagIds dagRoles
    dagTag dagTags dagTarballVersion dbInstanceType defaultClusterId defaultCloudProvider defaultRegion defaultTaskPodCpu
    defaultTaskPodMemory deploymentId deploymentIds deploymentRoles description drPodSubnetRange drRegion drSecondaryVpcCidr
    drServicePeeringRange drServiceSubnetRange drVpcSubnetRange drWorkloadIdentity enableDr enableReplicationTimeControl enabled entityId
    entityType environmentObjectId environmentVariable environmentVariables excludeLinks executor expiryPeriodInDays exporterType git
    hasAiFeaturesDisabled hibernateAtCron hibernationSpec id inviteeEmail ipAddressRange isCicdEnforced isDagDeployEnabled isDefault
    isDevelopmentMode isEnabled isFailedOver isHibernating isHighAvailability isPrivateNetworkEgressEnabled isScimEnabled isSecret isShared
    k8sTags key kind links maxNodeCount maxWorkerCount memberIds minNodeCount minWorkerCount name nodeInstanceType nodePoolId nodePools
    objectKey objectType organizationRole override overrideUntil overrides path permissions podEphemeralStorage podSubnetRange provider
    providerAccount region remoteExecution replicas repo resourceQuotaCpu resourceQuotaMemory restrictedWorkspaceIds role roles scalingSpec
    scheduler schedulerSize schedules scope scopeEntityId scopeType secondaryVpcCidr servicePeeringRange serviceSubnetRange
    shouldEnforceDedicatedClusters taskLogBucket taskPodNodePoolId tenantId tokenExpiryPeriodInDays type unsetFields userId
    vpcSubnetRange wakeAtCron workerConcurrency workerQueues workloadIdentity workspaceId workspaceIds workspaceRoles
    """.split()
)
"""Fields whose content is remembered."""


def redacted(body: dict[str, Any]) -> dict[str, Any]:
    """What may be remembered of a JSON object, in at most `LARGEST` bytes: fields that do not fit say only how long they were."""
    shown: dict[str, Any] = {}
    for name, value in _shown(body).items():
        room = LARGEST - _size(shown) - _size({name: ""}) - len(_left_out(value))
        shown[name] = value if _size(value) <= room else _left_out(value)
    return shown if _size(shown) <= LARGEST else {HIDDEN: _left_out(body)}


def redacted_path(path: str, template: str) -> str:
    """A path as its template has it, with ids of ours in the slots; anything else may be a secret that slipped into the address."""
    known = template.split("/")
    return "/".join(
        step if names.is_id(step) or step == word else HIDDEN
        for step, word in itertools.zip_longest(path.split("/", len(known)), known, fillvalue=HIDDEN)
    )


def _shown(value: Any) -> Any:
    if isinstance(value, dict):
        return {(name if name in SECRET | KEPT else HIDDEN): _shown(each) if name in KEPT else HIDDEN for name, each in value.items()}
    if isinstance(value, list):
        return [_shown(each) for each in value]
    return HIDDEN if isinstance(value, float) and not math.isfinite(value) else value


def _left_out(value: Any) -> str:
    return f"... {_size(value)} bytes"


def _size(value: Any) -> int:
    return len(json.dumps(value))
