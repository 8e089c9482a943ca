# Copied from generator/runtime/sandbox/accounts.py by `make generate`. Edit it there.
"""Meeting accounts."""

from __future__ import annotations

import random
from collections.abc import Container
from dataclasses import dataclass
from typing import Any

from .document import Document
from .messages import BusinessError


@dataclass(slots=True)
class Account:
    """One account."""

    account_id: str
    im_accid: str
    token: str
    personal_meeting_id: int
    short_id: str | None = None

    def answer(self) -> dict[str, Any]:
        """Return it as the API does."""
        short = {"shortId": self.short_id} if self.short_id else {}
        fixed = {
            "accountId": self.account_id,
            "accountToken": self.token,
            "personalMeetingId": self.personal_meeting_id,
        }
        return {**fixed, **short}


class Accounts:
    """All accounts of the application."""

    def __init__(self, document: Document, chance: random.Random) -> None:
        self._codes = document.codes
        self._chance = chance
        self._by_id: dict[str, Account] = {}
        self._by_im_accid: dict[str, Account] = {}
        self._by_short_id: dict[str, Account] = {}
        self._personal: set[str] = set()
        """The personal numbers in use."""

    def all(self) -> list[Account]:
        """Return every account."""
        return list(self._by_id.values())

    def create(self, im_accid: str | None, token: str | None, short_id: str | None) -> Account:
        """Register an account. Raises ``BusinessError`` if the IM account or the short number is taken."""
        if im_accid in self._by_im_accid:
            raise BusinessError(self._codes["ACCOUNT_ALREADY_EXISTS"])
        self._check_short_id(short_id, None)
        account = Account(
            account_id=self._unused(18, self._by_id),
            im_accid=im_accid or f"im-{self._chance.getrandbits(64):016x}",
            token=token or f"{self._chance.getrandbits(128):032x}",
            personal_meeting_id=int(self._unused(10, self._personal)),
            short_id=short_id,
        )
        self._by_id[account.account_id] = account
        self._by_im_accid[account.im_accid] = account
        self._personal.add(str(account.personal_meeting_id))
        if short_id:
            self._by_short_id[short_id] = account
        return account

    def get(self, account_id: str) -> Account:
        """Return an account by its id. Raises ``BusinessError`` if there is none."""
        return self._known(self._by_id.get(account_id))

    def get_by_im_accid(self, im_accid: str) -> Account:
        """Return an account by its id in the IM service. Raises ``BusinessError`` if there is none."""
        return self._known(self._by_im_accid.get(im_accid))

    def by_short_id(self, short_id: str) -> Account | None:
        """Return the account that has a short number."""
        return self._by_short_id.get(short_id)

    def rename(self, account: Account, short_id: str | None) -> None:
        """Give an account a short number, or take it away."""
        self._check_short_id(short_id, account)
        if account.short_id:
            del self._by_short_id[account.short_id]
        account.short_id = short_id
        if short_id:
            self._by_short_id[short_id] = account

    def _check_short_id(self, short_id: str | None, owner: Account | None) -> None:
        if short_id and self._by_short_id.get(short_id, owner) is not owner:
            raise BusinessError(self._codes["MEETING_ID_TAKEN"])

    def _known(self, account: Account | None) -> Account:
        if account is None:
            raise BusinessError(self._codes["ACCOUNT_NOT_FOUND"])
        return account

    def _unused(self, digits: int, taken: Container[str]) -> str:
        while True:
            number = str(self._chance.randrange(10 ** (digits - 1), 10**digits))
            if number not in taken:
                return number
