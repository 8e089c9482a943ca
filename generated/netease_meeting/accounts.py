# Generated from spec/paths/accounts.yaml by `make generate`. Do not edit.
"""Meeting accounts and their personal numbers."""

from __future__ import annotations

from ._runtime.operation import Operation, Recovery
from ._runtime.raw import RawResponse
from ._runtime.resource import AsyncResource, Resource
from .models import (
    Account,
    CreateAccountRequest,
    GetAccountByAccountIdRequest,
    GetAccountByImAccidRequest,
    UpdateAccountShortIdRequest,
    UpdateAccountTokenRequest,
)
from .signing import CHECK_SUM

__all__ = ["Accounts", "AsyncAccounts", "AsyncRawAccounts", "RawAccounts"]

CREATE: Operation[Account] = Operation(
    name="accounts.create",
    path="/v1/account/create",
    result=Account,
    repeat="recover",
    schemes=(CHECK_SUM,),
    request=CreateAccountRequest,
    sensitive=frozenset(["imToken"]),
    recovery=Recovery(codes=frozenset([1019]), read=lambda: GET_BY_IM_ACCID, by=("imAccid",)),
)
GET_BY_IM_ACCID: Operation[Account] = Operation(
    name="accounts.get_by_im_accid",
    path="/v1/account/getByImAccid",
    result=Account,
    repeat="read",
    schemes=(CHECK_SUM,),
    request=GetAccountByImAccidRequest,
)
GET_BY_ACCOUNT_ID: Operation[Account] = Operation(
    name="accounts.get_by_account_id",
    path="/v1/account/getByAccountId",
    result=Account,
    repeat="read",
    schemes=(CHECK_SUM,),
    request=GetAccountByAccountIdRequest,
)
UPDATE_TOKEN: Operation[None] = Operation(
    name="accounts.update_token",
    path="/v1/account/updateToken",
    result=None,
    repeat="set",
    schemes=(CHECK_SUM,),
    request=UpdateAccountTokenRequest,
    sensitive=frozenset(["accountToken"]),
)
UPDATE_SHORT_ID: Operation[None] = Operation(
    name="accounts.update_short_id",
    path="/v1/account/updateShortId",
    result=None,
    repeat="set",
    schemes=(CHECK_SUM,),
    request=UpdateAccountShortIdRequest,
)


class Accounts(Resource):
    """``client.accounts``"""

    def create(
        self,
        *,
        im_accid: str | None = None,
        im_token: str | None = None,
        short_id: str | None = None,
        timeout: float | None = None,
        max_retries: int | None = None,
    ) -> Account:
        """Create a meeting account.

        Registers a meeting account, which may reuse an IM account.

        With an IM account to reuse, the call is safe to repeat: a second attempt fails with code 1019 and the
        account can be looked up. Without one, a lost answer may leave an account behind.

        ``POST /v1/account/create``, 会议账号创建 in the vendor's document.

        Args:
            im_accid: The IM account to reuse. It makes the call safe to repeat.
            im_token: The token of the reused IM account.
            short_id: The short number for the account's personal meeting. 4 to 8 characters.
            timeout: Seconds for the whole call, retries included. Left out: the client's.
            max_retries: How often to try again where that is safe. Left out: the client's.

        Raises:
            InvalidRequestError: A parameter is invalid (300); A parameter is empty (301); A header is invalid
                (302); A parameter has characters that are not allowed (303).
            AuthenticationError: The request did not pass authentication (401).
            PermissionDeniedError: The service is not enabled (402).
            InternalServerError: The server had an internal error (501); An account could not be assigned (1000).
            RateLimitError: Requests come too often (510).
            ServiceBusyError: The service is busy (512).
            NotFoundError: The account does not exist (1014).
            ConflictError: The meeting account has already been created (1019); No IM account is bound (1021);
                The meeting number is taken (2011).
            QuotaExceededError: The enterprise's meeting service has expired (4000).
        """
        body = CreateAccountRequest(im_accid=im_accid, im_token=im_token, short_id=short_id)
        return self._request(CREATE, body, timeout, max_retries).parse()

    def get_by_im_accid(
        self, *, im_accid: str, timeout: float | None = None, max_retries: int | None = None
    ) -> Account:
        """Get an account by its IM account.

        Looks up an account of your enterprise by the IM account it uses.

        ``POST /v1/account/getByImAccid``, 通过ImAccid查询会议账号 in the vendor's document.

        Args:
            im_accid: The IM account that the meeting account uses.
            timeout: Seconds for the whole call, retries included. Left out: the client's.
            max_retries: How often to try again where that is safe. Left out: the client's.

        Raises:
            InvalidRequestError: A parameter is invalid (300); A parameter is empty (301); A header is invalid
                (302); A parameter has characters that are not allowed (303).
            AuthenticationError: The request did not pass authentication (401).
            PermissionDeniedError: The service is not enabled (402).
            InternalServerError: The server had an internal error (501).
            RateLimitError: Requests come too often (510).
            ServiceBusyError: The service is busy (512).
            NotFoundError: The account does not exist (1014).
            ConflictError: No IM account is bound (1021).
        """
        body = GetAccountByImAccidRequest(im_accid=im_accid)
        return self._request(GET_BY_IM_ACCID, body, timeout, max_retries).parse()

    def get_by_account_id(
        self, *, account_id: str, timeout: float | None = None, max_retries: int | None = None
    ) -> Account:
        """Get an account by its id.

        Looks up an account of your enterprise by its id.

        ``POST /v1/account/getByAccountId``, 通过AccountId查询会议账号 in the vendor's document.

        Args:
            account_id: The id of the account.
            timeout: Seconds for the whole call, retries included. Left out: the client's.
            max_retries: How often to try again where that is safe. Left out: the client's.

        Raises:
            InvalidRequestError: A parameter is invalid (300); A parameter is empty (301); A header is invalid
                (302); A parameter has characters that are not allowed (303).
            AuthenticationError: The request did not pass authentication (401).
            PermissionDeniedError: The service is not enabled (402).
            InternalServerError: The server had an internal error (501).
            RateLimitError: Requests come too often (510).
            ServiceBusyError: The service is busy (512).
            NotFoundError: The account does not exist (1014).
        """
        body = GetAccountByAccountIdRequest(account_id=account_id)
        return self._request(GET_BY_ACCOUNT_ID, body, timeout, max_retries).parse()

    def update_token(
        self, *, account_id: str, account_token: str, timeout: float | None = None, max_retries: int | None = None
    ) -> None:
        """Set an account's token.

        Replaces the token with which the account logs in.

        ``POST /v1/account/updateToken``, 会议账号更新令牌 in the vendor's document.

        Args:
            account_id: The id of the account.
            account_token: The new token.
            timeout: Seconds for the whole call, retries included. Left out: the client's.
            max_retries: How often to try again where that is safe. Left out: the client's.

        Raises:
            InvalidRequestError: A parameter is invalid (300); A parameter is empty (301); A header is invalid
                (302); A parameter has characters that are not allowed (303).
            AuthenticationError: The request did not pass authentication (401).
            PermissionDeniedError: The service is not enabled (402).
            InternalServerError: The server had an internal error (501).
            RateLimitError: Requests come too often (510).
            ServiceBusyError: The service is busy (512).
            NotFoundError: The account does not exist (1014).
        """
        body = UpdateAccountTokenRequest(account_id=account_id, account_token=account_token)
        self._request(UPDATE_TOKEN, body, timeout, max_retries).parse()

    def update_short_id(
        self,
        *,
        account_id: str,
        short_id: str | None = None,
        timeout: float | None = None,
        max_retries: int | None = None,
    ) -> None:
        """Set or clear an account's short number.

        Replaces the short number of the account's personal meeting. A call without a number clears it.

        ``POST /v1/account/updateShortId``, 更新个人会议短号 in the vendor's document.

        Args:
            account_id: The id of the account.
            short_id: The new short number. Left out: clears the number. 4 to 8 characters.
            timeout: Seconds for the whole call, retries included. Left out: the client's.
            max_retries: How often to try again where that is safe. Left out: the client's.

        Raises:
            InvalidRequestError: A parameter is invalid (300); A parameter is empty (301); A header is invalid
                (302); A parameter has characters that are not allowed (303).
            AuthenticationError: The request did not pass authentication (401).
            PermissionDeniedError: The service is not enabled (402).
            InternalServerError: The server had an internal error (501).
            RateLimitError: Requests come too often (510).
            ServiceBusyError: The service is busy (512).
            NotFoundError: The account does not exist (1014).
            ConflictError: The meeting number is taken (2011); The personal meeting number is not set (2022).
        """
        body = UpdateAccountShortIdRequest(account_id=account_id, short_id=short_id)
        self._request(UPDATE_SHORT_ID, body, timeout, max_retries).parse()


class AsyncAccounts(AsyncResource):
    """``client.accounts``"""

    async def create(
        self,
        *,
        im_accid: str | None = None,
        im_token: str | None = None,
        short_id: str | None = None,
        timeout: float | None = None,
        max_retries: int | None = None,
    ) -> Account:
        """Create a meeting account.

        Registers a meeting account, which may reuse an IM account.

        With an IM account to reuse, the call is safe to repeat: a second attempt fails with code 1019 and the
        account can be looked up. Without one, a lost answer may leave an account behind.

        ``POST /v1/account/create``, 会议账号创建 in the vendor's document.

        Args:
            im_accid: The IM account to reuse. It makes the call safe to repeat.
            im_token: The token of the reused IM account.
            short_id: The short number for the account's personal meeting. 4 to 8 characters.
            timeout: Seconds for the whole call, retries included. Left out: the client's.
            max_retries: How often to try again where that is safe. Left out: the client's.

        Raises:
            InvalidRequestError: A parameter is invalid (300); A parameter is empty (301); A header is invalid
                (302); A parameter has characters that are not allowed (303).
            AuthenticationError: The request did not pass authentication (401).
            PermissionDeniedError: The service is not enabled (402).
            InternalServerError: The server had an internal error (501); An account could not be assigned (1000).
            RateLimitError: Requests come too often (510).
            ServiceBusyError: The service is busy (512).
            NotFoundError: The account does not exist (1014).
            ConflictError: The meeting account has already been created (1019); No IM account is bound (1021);
                The meeting number is taken (2011).
            QuotaExceededError: The enterprise's meeting service has expired (4000).
        """
        body = CreateAccountRequest(im_accid=im_accid, im_token=im_token, short_id=short_id)
        return (await self._request(CREATE, body, timeout, max_retries)).parse()

    async def get_by_im_accid(
        self, *, im_accid: str, timeout: float | None = None, max_retries: int | None = None
    ) -> Account:
        """Get an account by its IM account.

        Looks up an account of your enterprise by the IM account it uses.

        ``POST /v1/account/getByImAccid``, 通过ImAccid查询会议账号 in the vendor's document.

        Args:
            im_accid: The IM account that the meeting account uses.
            timeout: Seconds for the whole call, retries included. Left out: the client's.
            max_retries: How often to try again where that is safe. Left out: the client's.

        Raises:
            InvalidRequestError: A parameter is invalid (300); A parameter is empty (301); A header is invalid
                (302); A parameter has characters that are not allowed (303).
            AuthenticationError: The request did not pass authentication (401).
            PermissionDeniedError: The service is not enabled (402).
            InternalServerError: The server had an internal error (501).
            RateLimitError: Requests come too often (510).
            ServiceBusyError: The service is busy (512).
            NotFoundError: The account does not exist (1014).
            ConflictError: No IM account is bound (1021).
        """
        body = GetAccountByImAccidRequest(im_accid=im_accid)
        return (await self._request(GET_BY_IM_ACCID, body, timeout, max_retries)).parse()

    async def get_by_account_id(
        self, *, account_id: str, timeout: float | None = None, max_retries: int | None = None
    ) -> Account:
        """Get an account by its id.

        Looks up an account of your enterprise by its id.

        ``POST /v1/account/getByAccountId``, 通过AccountId查询会议账号 in the vendor's document.

        Args:
            account_id: The id of the account.
            timeout: Seconds for the whole call, retries included. Left out: the client's.
            max_retries: How often to try again where that is safe. Left out: the client's.

        Raises:
            InvalidRequestError: A parameter is invalid (300); A parameter is empty (301); A header is invalid
                (302); A parameter has characters that are not allowed (303).
            AuthenticationError: The request did not pass authentication (401).
            PermissionDeniedError: The service is not enabled (402).
            InternalServerError: The server had an internal error (501).
            RateLimitError: Requests come too often (510).
            ServiceBusyError: The service is busy (512).
            NotFoundError: The account does not exist (1014).
        """
        body = GetAccountByAccountIdRequest(account_id=account_id)
        return (await self._request(GET_BY_ACCOUNT_ID, body, timeout, max_retries)).parse()

    async def update_token(
        self, *, account_id: str, account_token: str, timeout: float | None = None, max_retries: int | None = None
    ) -> None:
        """Set an account's token.

        Replaces the token with which the account logs in.

        ``POST /v1/account/updateToken``, 会议账号更新令牌 in the vendor's document.

        Args:
            account_id: The id of the account.
            account_token: The new token.
            timeout: Seconds for the whole call, retries included. Left out: the client's.
            max_retries: How often to try again where that is safe. Left out: the client's.

        Raises:
            InvalidRequestError: A parameter is invalid (300); A parameter is empty (301); A header is invalid
                (302); A parameter has characters that are not allowed (303).
            AuthenticationError: The request did not pass authentication (401).
            PermissionDeniedError: The service is not enabled (402).
            InternalServerError: The server had an internal error (501).
            RateLimitError: Requests come too often (510).
            ServiceBusyError: The service is busy (512).
            NotFoundError: The account does not exist (1014).
        """
        body = UpdateAccountTokenRequest(account_id=account_id, account_token=account_token)
        (await self._request(UPDATE_TOKEN, body, timeout, max_retries)).parse()

    async def update_short_id(
        self,
        *,
        account_id: str,
        short_id: str | None = None,
        timeout: float | None = None,
        max_retries: int | None = None,
    ) -> None:
        """Set or clear an account's short number.

        Replaces the short number of the account's personal meeting. A call without a number clears it.

        ``POST /v1/account/updateShortId``, 更新个人会议短号 in the vendor's document.

        Args:
            account_id: The id of the account.
            short_id: The new short number. Left out: clears the number. 4 to 8 characters.
            timeout: Seconds for the whole call, retries included. Left out: the client's.
            max_retries: How often to try again where that is safe. Left out: the client's.

        Raises:
            InvalidRequestError: A parameter is invalid (300); A parameter is empty (301); A header is invalid
                (302); A parameter has characters that are not allowed (303).
            AuthenticationError: The request did not pass authentication (401).
            PermissionDeniedError: The service is not enabled (402).
            InternalServerError: The server had an internal error (501).
            RateLimitError: Requests come too often (510).
            ServiceBusyError: The service is busy (512).
            NotFoundError: The account does not exist (1014).
            ConflictError: The meeting number is taken (2011); The personal meeting number is not set (2022).
        """
        body = UpdateAccountShortIdRequest(account_id=account_id, short_id=short_id)
        (await self._request(UPDATE_SHORT_ID, body, timeout, max_retries)).parse()


class RawAccounts(Resource):
    """``client.with_raw_response.accounts``: the same methods; each returns a ``RawResponse``."""

    def create(
        self,
        *,
        im_accid: str | None = None,
        im_token: str | None = None,
        short_id: str | None = None,
        timeout: float | None = None,
        max_retries: int | None = None,
    ) -> RawResponse[Account]:
        """Create a meeting account.

        Takes and raises what ``accounts.create`` does; ``parse()`` returns what that returns.
        """
        body = CreateAccountRequest(im_accid=im_accid, im_token=im_token, short_id=short_id)
        return self._request(CREATE, body, timeout, max_retries)

    def get_by_im_accid(
        self, *, im_accid: str, timeout: float | None = None, max_retries: int | None = None
    ) -> RawResponse[Account]:
        """Get an account by its IM account.

        Takes and raises what ``accounts.get_by_im_accid`` does; ``parse()`` returns what that returns.
        """
        body = GetAccountByImAccidRequest(im_accid=im_accid)
        return self._request(GET_BY_IM_ACCID, body, timeout, max_retries)

    def get_by_account_id(
        self, *, account_id: str, timeout: float | None = None, max_retries: int | None = None
    ) -> RawResponse[Account]:
        """Get an account by its id.

        Takes and raises what ``accounts.get_by_account_id`` does; ``parse()`` returns what that returns.
        """
        body = GetAccountByAccountIdRequest(account_id=account_id)
        return self._request(GET_BY_ACCOUNT_ID, body, timeout, max_retries)

    def update_token(
        self, *, account_id: str, account_token: str, timeout: float | None = None, max_retries: int | None = None
    ) -> RawResponse[None]:
        """Set an account's token.

        Takes and raises what ``accounts.update_token`` does; ``parse()`` returns what that returns.
        """
        body = UpdateAccountTokenRequest(account_id=account_id, account_token=account_token)
        return self._request(UPDATE_TOKEN, body, timeout, max_retries)

    def update_short_id(
        self,
        *,
        account_id: str,
        short_id: str | None = None,
        timeout: float | None = None,
        max_retries: int | None = None,
    ) -> RawResponse[None]:
        """Set or clear an account's short number.

        Takes and raises what ``accounts.update_short_id`` does; ``parse()`` returns what that returns.
        """
        body = UpdateAccountShortIdRequest(account_id=account_id, short_id=short_id)
        return self._request(UPDATE_SHORT_ID, body, timeout, max_retries)


class AsyncRawAccounts(AsyncResource):
    """``client.with_raw_response.accounts``: the same methods; each returns a ``RawResponse``."""

    async def create(
        self,
        *,
        im_accid: str | None = None,
        im_token: str | None = None,
        short_id: str | None = None,
        timeout: float | None = None,
        max_retries: int | None = None,
    ) -> RawResponse[Account]:
        """Create a meeting account.

        Takes and raises what ``accounts.create`` does; ``parse()`` returns what that returns.
        """
        body = CreateAccountRequest(im_accid=im_accid, im_token=im_token, short_id=short_id)
        return await self._request(CREATE, body, timeout, max_retries)

    async def get_by_im_accid(
        self, *, im_accid: str, timeout: float | None = None, max_retries: int | None = None
    ) -> RawResponse[Account]:
        """Get an account by its IM account.

        Takes and raises what ``accounts.get_by_im_accid`` does; ``parse()`` returns what that returns.
        """
        body = GetAccountByImAccidRequest(im_accid=im_accid)
        return await self._request(GET_BY_IM_ACCID, body, timeout, max_retries)

    async def get_by_account_id(
        self, *, account_id: str, timeout: float | None = None, max_retries: int | None = None
    ) -> RawResponse[Account]:
        """Get an account by its id.

        Takes and raises what ``accounts.get_by_account_id`` does; ``parse()`` returns what that returns.
        """
        body = GetAccountByAccountIdRequest(account_id=account_id)
        return await self._request(GET_BY_ACCOUNT_ID, body, timeout, max_retries)

    async def update_token(
        self, *, account_id: str, account_token: str, timeout: float | None = None, max_retries: int | None = None
    ) -> RawResponse[None]:
        """Set an account's token.

        Takes and raises what ``accounts.update_token`` does; ``parse()`` returns what that returns.
        """
        body = UpdateAccountTokenRequest(account_id=account_id, account_token=account_token)
        return await self._request(UPDATE_TOKEN, body, timeout, max_retries)

    async def update_short_id(
        self,
        *,
        account_id: str,
        short_id: str | None = None,
        timeout: float | None = None,
        max_retries: int | None = None,
    ) -> RawResponse[None]:
        """Set or clear an account's short number.

        Takes and raises what ``accounts.update_short_id`` does; ``parse()`` returns what that returns.
        """
        body = UpdateAccountShortIdRequest(account_id=account_id, short_id=short_id)
        return await self._request(UPDATE_SHORT_ID, body, timeout, max_retries)
