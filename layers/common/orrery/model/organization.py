"""An Organization: the tenant; everything else belongs to exactly one."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from orrery.model.subject import Subject


@dataclass(frozen=True)
class Organization:
    id: str
    name: str
    billing_email: str
    created_at: datetime
    created_by: Subject
    updated_at: datetime
    updated_by: Subject
    generation: int = 1
    is_scim_enabled: bool = False
    allow_enhanced_support_access: bool = False
    has_ai_features_disabled: bool = False
    should_enforce_dedicated_clusters: bool = False
    is_environment_secrets_fetching_enabled: bool = False
    """Whether whoever may see environment objects may also be shown their secrets."""

    def update(self, *, by: Subject, now: datetime, **changes: Any) -> Self:
        """The same Organization with other settings, one generation on."""
        return replace(self, **changes, updated_at=now, updated_by=by, generation=self.generation + 1)
