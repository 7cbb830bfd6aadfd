"""The first run of an installation, invoked by hand: `aws lambda invoke --function-name ... --payload '{}'`.

`{}` makes the first Organization, its owner and the first standard cluster once; `{"reissue": "owner"}` and `{"reissue": "agent"}` replace
a token that was lost.
"""

from typing import Any

from orrery import first_run


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return first_run.run(event.get("reissue", ""))
