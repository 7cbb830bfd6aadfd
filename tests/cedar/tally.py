"""How much was compared: decisions, and the pairs of role and permission among them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from orrery.authz.permissions import Permission
from orrery.authz.policy import Role

from tests.cedar.company import Company
from tests.cedar.oracle import NOBODY, Question, ask
from tests.support.summary import at_the_end

EVERY_PAIR = {(role.value, permission) for role in Role for permission in Permission}


@dataclass
class Tally:
    decisions: int = 0
    allowed: int = 0
    pairs: set[tuple[str, Permission]] = field(default_factory=set)

    def compare(self, questions: Sequence[Question], company: Company = NOBODY) -> None:
        """Ask both; fail with the first questions whose answers differ."""
        cedar = ask(questions, company)
        self.decisions += len(questions)
        self.allowed += sum(cedar)
        self.pairs |= {(grant.role, each.permission) for each in questions for grant in each.principal.grants} & EVERY_PAIR
        different = [_said(each, answer) for each, answer in zip(questions, cedar, strict=True) if each.ours != answer]
        assert not different, "\n".join([f"{len(different)} answers differ:", *different[:20]])

    def report(self, name: str) -> None:
        """Leave a line for the end of the run."""
        line = (
            f"our policy beside Cedar, {name}: {self.decisions} decisions, {self.allowed} of them allowed, none different; "
            f"{len(self.pairs)} of {len(EVERY_PAIR)} pairs of role and permission"
        )
        at_the_end(lambda: [line])


def _said(question: Question, cedar: bool) -> str:
    roles = ", ".join(f"{grant.role} on {grant.entity_id}" for grant in question.principal.grants) or "no role"
    who = f"{question.principal.kind} of {question.principal.organization_id} with {roles}"
    return f"{who}: {question.permission} at {'/'.join(question.place.scopes)}: Cedar {cedar}"
