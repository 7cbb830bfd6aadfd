"""What of a request may be remembered: only the fields that are named here; everything else is hidden, whatever it is called.

A field that nobody has judged yet, a misspelt one and a value in the wrong place are hidden too, and so is the name of a field that we do
not know: somebody may have written a secret there. `tests/orrery/model/test_redaction.py` fails for a field of the API that stands in
none of the lists.
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
    "value password token secret basicToken apiKey integrationKey deploymentApiToken inviteToken acceptToken headers extra".split()
)
"""Fields that hold secrets, or whatever a customer puts there."""

UNSHOWN = frozenset(
    """
    connection metricsExport definition labels login username host schema
    commitUrl authorUrl remoteUrl taskLogUrlPattern webhookUrl endpoint
    """.split()
)
"""Fields that are none themselves but are hidden whole all the same: secrets lie among them, or an address can carry a password."""

PARTS = frozenset(
    """
    airflowVariable allowEnhancedSupportAccess au autoLinkDeployments cicdEnforcedDefault dagRoles deploymentRoles enabled enableDr
    enableReplicationTimeControl environmentVariable environmentVariables excludeLinks expiryPeriodInDays git hasAiFeaturesDisabled
    hibernationSpec isCicdEnforced isDagDeployEnabled isDefault isDevelopmentMode isEnabled isFailedOver isHibernating
    isHighAvailability isPrivateNetworkEgressEnabled isScimEnabled isSecret isShared k8sTags links maxNodeCount maxWorkerCount
    minNodeCount minWorkerCount nodePools override overrides remoteExecution replicas roles scalingSpec scheduler schedules
    isEnvironmentSecretsFetchingEnabled port shouldEnforceDedicatedClusters shouldWake tokenExpiryPeriodInDays startSeconds
    afterMinutes idle wakeOnVisit workerConcurrency workerQueues workspaceRoles
    """.split()
)
"""Fields that hold other fields, numbers or flags; a text in one of them is hidden, because it does not belong there."""

TEXTS = frozenset(
    """
    account allowedIpAddressRangeIds allowedIpAddressRanges apiTokenId astroMachine astroRuntimeVersion authorName authorUsername
    authType beforeCommitSha billingEmail branch bundleMountPath bundleTarballVersion bundleType catchUp cloudProvider clusterId clusterType
    commitSha contactEmails dagId dagIds dagTag dagTags dagTarballVersion day dbInstanceType defaultCloudProvider defaultClusterId
    defaultRegion defaultTaskPodCpu defaultTaskPodMemory deploymentId deploymentIds description drPodSubnetRange drRegion
    drSecondaryVpcCidr drServicePeeringRange drServiceSubnetRange drVpcSubnetRange drWorkloadIdentity entityId entityType
    endDate environmentObjectId executor exporterType hibernateAtCron id inviteeEmail ipAddressRange key kind memberIds name
    nodeInstanceType nodePoolId objectKey objectType organizationRole overrideUntil path permissions podEphemeralStorage podSubnetRange
    provider providerAccount region repo resourceQuotaCpu resourceQuotaMemory restrictedWorkspaceIds role schedulerSize scope scopeEntityId
    scopeType secondaryVpcCidr servicePeeringRange serviceSubnetRange taskLogBucket taskPodNodePoolId tenantId type unsetFields userId
    authTypeId shadowStyle sigV4AssumeArn sigV4StsRegion startDate style timeZone vpcSubnetRange wakeAtCron workloadIdentity
    workspaceId workspaceIds
    """.split()
)
"""Fields whose text is remembered."""

KEPT = PARTS | TEXTS
KNOWN = SECRET | UNSHOWN | KEPT


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


def _shown(value: Any, *, text: bool = False) -> Any:
    if isinstance(value, dict):
        return {
            name if name in KNOWN else HIDDEN: _shown(each, text=name in TEXTS) if name in KEPT else HIDDEN for name, each in value.items()
        }
    if isinstance(value, list):
        return [_shown(each, text=text) for each in value]
    bad = not text if isinstance(value, str) else isinstance(value, float) and not math.isfinite(value)
    return HIDDEN if bad else value


def _left_out(value: Any) -> str:
    return f"... {_size(value)} bytes"


def _size(value: Any) -> int:
    return len(json.dumps(value))
