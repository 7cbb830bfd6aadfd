"""Lets the Kubernetes client accept an authority without key identifiers, as EKS's are: from 3.13 on Python refuses it by itself.

Signatures and names are checked as ever. The client has no setting for it, and a scheduler that starts a pod for each task needs it.
"""

from __future__ import annotations

import ssl
from typing import Any

from urllib3.util.ssl_ import create_urllib3_context


def accept() -> None:
    """From now on, by every client that is made; once is enough, and again does no harm."""
    from kubernetes.client.rest import RESTClientObject

    usual = RESTClientObject.__init__

    def made(self: Any, *args: Any, **more: Any) -> None:
        usual(self, *args, **more)
        trust = create_urllib3_context()
        trust.verify_flags &= ~ssl.VERIFY_X509_STRICT
        self.pool_manager.connection_pool_kw["ssl_context"] = trust

    RESTClientObject.__init__ = made
