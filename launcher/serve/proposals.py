"""What models have proposed and nobody has agreed to yet, in memory."""

import secrets
from dataclasses import dataclass

from launcher.serve.errors import ProposalNotFoundError
from templates.chat.conversations import Message
from templates.chat.proposal import Proposal

KEPT = 50


@dataclass(frozen=True, slots=True)
class Proposed:
    """A proposal for a workspace; `message` and `number` are where its conversation keeps it."""

    workspace: str
    chat: str
    proposal: Proposal
    message: Message
    number: int


class Proposals:
    """The newest; older ones are forgotten."""

    def __init__(self) -> None:
        self._kept: dict[str, Proposed] = {}

    def keep(self, proposed: Proposed) -> str:
        """Its id."""
        proposal_id = secrets.token_hex(8)
        self._kept[proposal_id] = proposed
        for oldest in list(self._kept)[:-KEPT]:
            del self._kept[oldest]
        return proposal_id

    def get(self, workspace: str, proposal_id: str) -> Proposed:
        """Raises ProposalNotFoundError."""
        found = self._kept.get(proposal_id)
        if found is None or found.workspace != workspace:
            raise ProposalNotFoundError("No proposal for this workspace has this id.")
        return found

    def drop(self, proposal_id: str) -> None:
        self._kept.pop(proposal_id, None)
