"""Zendesk bulk jobs in workflows that are written in Python.

Each function starts a workflow of the ready worker (`temporal-zendesk-jobs worker`) as a child and blocks until it has
ended. Copy this file into a project of your own: it needs `temporalio` and nothing else.

What travels is JSON in camelCase, which docs/languages.md describes; here it has the names that Python gives things.
Durations are `timedelta`s. Records are Zendesk's own: dicts, in Zendesk's field names, passed on as they are.
"""

from __future__ import annotations

import re
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import timedelta
from types import UnionType
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from temporalio import workflow
from temporalio.exceptions import ApplicationError, ChildWorkflowError

TASK_QUEUE = "zendesk-jobs"
"""Where the ready worker listens, unless its TEMPORAL_TASK_QUEUE says otherwise."""

RecordId = int | str
ResultsMode = Literal["all", "failed", "none"]
OnUncertainStart = Literal["fail", "adopt"]
DuplicateKeys = Literal["allow", "fail", "last"]
OutcomeStatus = Literal["completed", "failed", "killed", "lost", "unreadable", "timed_out"]


# What goes in. A field that is None is left out, so that the default of the ready worker holds.


@dataclass(kw_only=True)
class PollingOptions:
    min_interval: timedelta | None = None
    """Shortest time between two looks at the same job. Default 1 s; at least 100 ms."""
    max_interval: timedelta | None = None
    """Longest time between two looks, except where Zendesk itself asks for more. Default 1 min."""


@dataclass(kw_only=True)
class WaitOptions:
    """What every input has."""

    account: str | None = None
    """The account's name, as the ready worker knows it. Default `default`."""
    timeout: timedelta | None = None
    """Limit of the whole wait. Default 24 h. The job itself goes on: Zendesk has no call that cancels one."""
    polling: PollingOptions | None = None
    search_attributes: bool | None = None
    """Keep ZendeskAccount, ZendeskJobId and ZendeskJobStatus, which have to exist in the namespace. Default false."""


@dataclass(kw_only=True)
class AwaitZendeskJobInput(WaitOptions):
    """Block on a job that somebody else started."""

    job_id: str
    results: ResultsMode | None = None
    """Which result rows to return. Default `all`."""
    fail_on_item_errors: bool | None = None
    """Raise ZendeskItemsFailed when the job completed but some records failed. Default false."""


@dataclass(kw_only=True)
class AwaitZendeskJobsInput(WaitOptions):
    """Block on many jobs."""

    job_ids: list[str]
    """1 to 1,000. Duplicates are kept and answered each."""
    results: ResultsMode | None = None
    """Which result rows to return. Default `failed`."""
    fail_on_item_errors: bool | None = None
    """Raise ZendeskItemsFailed at the end when any record of any job failed. Default false."""


@dataclass(kw_only=True)
class RunZendeskJobInput(WaitOptions):
    """Start one job and block on it. docs/operations.md says what goes with which operation."""

    operation: str
    """As in `users/create_or_update_many`."""
    items: list[Any] | None = None
    """1 to 100 records; or one of the next two."""
    ids: list[RecordId] | None = None
    external_ids: list[RecordId] | None = None
    body: dict[str, Any] | None = None
    """The rest of the body, as in `{"ticket": {"priority": "high"}}` beside ids."""
    params: dict[str, str | int | bool] | None = None
    """Those in the braces of the operation's path, and query parameters."""
    results: ResultsMode | None = None
    """Which result rows to return. Default `all`."""
    fail_on_item_errors: bool | None = None
    """Raise ZendeskItemsFailed when the job completed but some records failed. Default false."""
    on_uncertain_start: OnUncertainStart | None = None
    """If it is unknown whether Zendesk received the start: raise ZendeskStartUncertain (default) or adopt the job that fits."""


@dataclass(kw_only=True)
class Named:
    """A source or a sink by the name that the ready worker knows it by, and what it is told."""

    name: str
    args: Any = None


@dataclass(kw_only=True)
class RunZendeskBulkInput(WaitOptions):
    """Send any number of records, through as many jobs as that takes. `timeout` is that of the whole run."""

    operation: str
    params: dict[str, str | int | bool] | None = None
    body: dict[str, Any] | None = None
    items: list[Any] | None = None
    """Up to 1 MB of records. For more, a source."""
    source: Named | None = None
    """Where the ready worker reads the records: `Named(name="ndjson", args={"path": ...})`, or a source of its own."""
    sink: Named | None = None
    """Where it writes what became of each record."""
    max_jobs: int | None = None
    """Jobs queued or running at once: 1 to 30. Default 30, which is all that Zendesk lets an account have."""
    item_attempts: int | None = None
    """How often a record is sent that fails for a reason that may pass: 1 to 10. Default 3."""
    on_uncertain_start: OnUncertainStart | None = None
    """For each batch: set its records aside as uncertain (`fail`, default), or adopt the job that fits."""
    batches_per_run: int | None = None
    """Batches after which the workflow continues as new: 1 to 1,000. Default 300."""
    duplicate_keys: DuplicateKeys | None = None
    """Records with the same key in different batches: send all (`allow`, default), refuse the input, or send the last one.
    `fail` and `last` need a source that can be scanned, such as `ndjson`, or inline records."""


# What comes out.


@dataclass(kw_only=True)
class ZendeskItemResult:
    """What became of one record."""

    index: int
    """Position of the record; docs/waiting.md says when it is that of the result row."""
    ok: bool
    id: RecordId | None = None
    external_id: str | None = None
    email: str | None = None
    unmatched: bool | None = None
    """True where it is not certain which record the row is about."""
    action: str | None = None
    status: str | None = None
    error: str | None = None
    """Zendesk's error code, as `OrganizationUpdateFailed`. Only of records that failed."""
    details: str | None = None
    """Zendesk's explanation."""


@dataclass(kw_only=True)
class Trouble:
    """An error as data."""

    type: str
    message: str


@dataclass(kw_only=True)
class ZendeskJobOutcome:
    """What became of a job and of its records."""

    job_id: str
    account: str
    status: OutcomeStatus
    """Zendesk's own, or why its own is unknown: `unreadable` is a job status that is longer than the worker accepts."""
    job_type: str | None
    total: int | None
    progress: int | None
    """Number of records attempted (not: succeeded)."""
    message: str | None
    succeeded: int
    failed: int
    unreported: int
    """Records of a completed job that Zendesk reported no row for."""
    results: list[ZendeskItemResult]
    """The rows asked for by `results`, in the order of `index`."""
    results_omitted: int = 0
    """Rows asked for but left out, so that the outcome stays far below Temporal's payload limit."""
    polls: int
    """How often Zendesk was asked about this job, as far as activity attempts can tell."""
    error: Trouble | None = None
    """Only from `await_zendesk_jobs`: what `await_zendesk_job` would have raised for this job."""


@dataclass(kw_only=True)
class AwaitZendeskJobsResult:
    outcomes: list[ZendeskJobOutcome]
    """One for each id, in the order of the input."""
    succeeded: int
    failed: int


@dataclass(kw_only=True)
class BulkFailure:
    """A record that failed for good."""

    index: int
    """Position in the source, from 0."""
    error: str
    id: RecordId | None = None
    external_id: str | None = None
    details: str | None = None
    item: Any = None
    """The record itself, where it is small."""


@dataclass(kw_only=True)
class StartCandidate:
    """A job that may be the one that an uncertain start made."""

    job_id: str
    job_type: str | None
    status: str
    total: int | None
    progress: int | None
    message: str | None


@dataclass(kw_only=True)
class UncertainBatch:
    """Records of one batch of which it is unknown whether Zendesk did them: check them before they are sent again."""

    batch: int
    first_index: int
    count: int
    """Records that are uncertain."""
    indexes: list[int] | None = None
    """Their positions in the source, where the batch has other records as well."""
    reason: str
    """Why it is unknown."""
    candidates: list[StartCandidate]
    """Jobs that may have done them, at most five."""


@dataclass(kw_only=True)
class RunZendeskBulkResult:
    """`succeeded` + `failed` + `uncertain_records` = `total`."""

    total: int
    succeeded: int
    failed: int
    retried: int
    """Records sent again."""
    superseded: int
    """Records left out because a later record has the same key (`duplicate_keys="last"`). Not in `total`."""
    jobs: int
    """Jobs that were started."""
    failures: list[BulkFailure]
    """Failed records, as many as fit: at most 1,000, and 256 KB. The sink gets all of them."""
    failures_omitted: int
    """Failed records that are not in `failures`."""
    uncertain: list[UncertainBatch]
    """Batches with uncertain records, as many as fit in 100 KB. The sink gets all of them."""
    uncertain_records: int
    """Records of all uncertain batches."""
    uncertain_omitted: int
    """Uncertain batches that are not in `uncertain`."""


@dataclass(kw_only=True)
class RemainingRecords:
    """Records that a bulk run which ended early has not sent."""

    ranges: list[tuple[int, int]]
    """Positions in the source: first and last of each range, in ascending order."""
    from_index: int | None
    """No record from this position on was sent. None: `ranges` has all that remains."""


# What is raised. Class names are the `type`s on the wire; docs/errors.md says when which of them comes.


@dataclass(kw_only=True)
class LastSeen:
    """What the last look saw that the workflow heard of."""

    status: str
    progress: int | None
    total: int | None
    message: str | None
    checked_at: str
    """ISO 8601."""


@dataclass(kw_only=True)
class FieldProblem:
    field: str
    """As it is called on the wire. Empty: the input as a whole."""
    problem: str


@dataclass(kw_only=True)
class ErrorDetails:
    """What is known of an error: which of these depends on its type, and on how far the workflow had come."""

    account: str | None = None
    operation: str | None = None
    job_id: str | None = None
    job_ids: list[str] | None = None
    """Of many jobs; of a bulk run those that still ran when it ended."""
    polls: int | None = None
    outcome: ZendeskJobOutcome | AwaitZendeskJobsResult | None = None
    """Of a job that ended: what the call would have returned."""
    result: RunZendeskBulkResult | None = None
    """Of a bulk run that ended early: what was done so far."""
    remaining: RemainingRecords | None = None
    """Of a bulk run that ended early: what was not sent."""
    sink_problem: str | None = None
    """Why the sink of a bulk run could not be closed, where the run ended for another reason."""
    last_seen: LastSeen | None = None
    last_trouble: Trouble | None = None
    started_at: str | None = None
    """When an uncertain start was sent: ISO 8601."""
    candidates: list[StartCandidate] | None = None
    problems: list[FieldProblem] | None = None
    known: list[str] | None = None
    """The accounts that the ready worker knows."""
    source: str | None = None
    """The source that failed."""
    sink: str | None = None
    """The sink that failed."""
    code: str | None = None
    """Of a request, as the rest: docs/errors.md has the codes."""
    status: int | None = None
    request_id: str | None = None
    """Zendesk's own, which its support asks for."""
    retry_after: int | None = None
    """Milliseconds."""
    method: str | None = None
    path: str | None = None


class ZendeskError(ApplicationError):
    """Ends the calling workflow, with the same type and details, unless it is caught."""

    def __init__(self, failure: ApplicationError) -> None:
        super().__init__(failure.message, *failure.details, type=failure.type, non_retryable=True)
        self.detail = from_wire(ErrorDetails, failure.details[0] if failure.details else {})


class _JobEnded:
    detail: ErrorDetails

    @property
    def outcome(self) -> ZendeskJobOutcome:
        """What became of the job and of its records, as the call would have returned it."""
        assert isinstance(self.detail.outcome, ZendeskJobOutcome)
        return self.detail.outcome


class ZendeskJobFailed(_JobEnded, ZendeskError):
    """The job ended with status `failed`. Records may have been changed before it did."""


class ZendeskJobKilled(_JobEnded, ZendeskError):
    """The job ended with status `killed`."""


class ZendeskItemsFailed(ZendeskError):
    """The job completed, some of its records failed, and `fail_on_item_errors` was set."""


class ZendeskJobLost(ZendeskError):
    """Zendesk does not know the job (any more)."""


class ZendeskJobTimedOut(ZendeskError):
    """The job had not ended when `timeout` was over. It may still run: wait again for the same id."""


class ZendeskStartUncertain(ZendeskError):
    """It is unknown whether Zendesk received a start that is not safe to repeat, or too many batches are uncertain."""


class ZendeskRequestRejected(ZendeskError):
    """Zendesk refused the request, and would refuse it again."""


class ZendeskAuthenticationFailed(ZendeskError):
    """Zendesk does not accept the account's credentials."""


class ZendeskAccountUnknown(ZendeskError):
    """The ready worker knows no account of that name. No request was sent."""


class ZendeskInputInvalid(ZendeskError):
    """The input is not of the documented shape. No request was sent."""


class ZendeskSourceFailed(ZendeskError):
    """A source of records failed, or broke its contract."""


class ZendeskSinkFailed(ZendeskError):
    """A sink refused rows, or could not be closed. `detail.result` has the counts of all records."""


class ZendeskResponseTooLarge(ZendeskError):
    """The status of the job is longer than the ready worker accepts. The job may have finished."""


_ERRORS = {kind.__name__: kind for kind in ZendeskError.__subclasses__()}


def error_of(cause: BaseException | None) -> ZendeskError | None:
    """What a child has failed with; in a client, the cause of a `WorkflowFailureError`. None for a cancellation, for one."""
    if isinstance(cause, ApplicationError) and cause.type in _ERRORS:
        return _ERRORS[cause.type](cause)
    return None


# The calls.


async def await_zendesk_job(input: AwaitZendeskJobInput, *, task_queue: str = TASK_QUEUE) -> ZendeskJobOutcome:
    """Blocks until the job has ended. Raises a `ZendeskError`; Temporal's own errors where the child was cancelled."""
    return from_wire(ZendeskJobOutcome, await _child("awaitZendeskJob", input, task_queue))


async def await_zendesk_jobs(input: AwaitZendeskJobsInput, *, task_queue: str = TASK_QUEUE) -> AwaitZendeskJobsResult:
    """Blocks until all jobs have ended. Nothing is raised for a single job: its outcome has an `error`."""
    return from_wire(AwaitZendeskJobsResult, await _child("awaitZendeskJobs", input, task_queue))


async def run_zendesk_job(input: RunZendeskJobInput, *, task_queue: str = TASK_QUEUE) -> ZendeskJobOutcome:
    """Starts a job, once, and blocks until it has ended."""
    return from_wire(ZendeskJobOutcome, await _child("runZendeskJob", input, task_queue))


async def run_zendesk_bulk(input: RunZendeskBulkInput, *, task_queue: str = TASK_QUEUE) -> RunZendeskBulkResult:
    """Sends all records and blocks until each is done, has failed for good, or is uncertain."""
    return from_wire(RunZendeskBulkResult, await _child("runZendeskBulk", input, task_queue))


async def _child(workflow_type: str, input: WaitOptions, task_queue: str) -> Any:
    try:
        return await workflow.execute_child_workflow(
            workflow_type,
            to_wire(input),
            task_queue=task_queue,
            # When the parent ends first, as when another part of it fails: cancelled, not terminated.
            parent_close_policy=workflow.ParentClosePolicy.REQUEST_CANCEL,
        )
    except ChildWorkflowError as error:
        if found := error_of(error.cause):
            raise found from error
        raise


# The wire.

T = TypeVar("T")


def to_wire(value: Any) -> Any:
    """The input as it travels; for a client, too: `client.start_workflow("runZendeskBulk", to_wire(input), ...)`."""
    if is_dataclass(value):
        given = {each.name: getattr(value, each.name) for each in fields(value)}
        return {_camel(name): to_wire(each) for name, each in given.items() if each is not None}
    if isinstance(value, timedelta):
        return round(value / timedelta(milliseconds=1))
    return value


def from_wire(kind: type[T], value: Any) -> T:
    """A result as it came, as what it is. Fields that this file does not know yet are left out."""
    found: T = _read(kind, value)
    return found


def _read(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    if get_origin(kind) is UnionType:
        return _read(next((each for each in get_args(kind) if _fits(each, value)), None), value)
    if get_origin(kind) is list:
        return [_read(get_args(kind)[0], each) for each in value]
    if get_origin(kind) is tuple:
        return tuple(value)
    if isinstance(kind, type) and is_dataclass(kind):
        hints = get_type_hints(kind)
        names = {each.name: _camel(each.name) for each in fields(kind)}
        found = {name: _read(hints[name], value[wire]) for name, wire in names.items() if wire in value}
        return kind(**found)
    return value


def _fits(kind: Any, value: Any) -> bool:
    """Of dataclasses that a value can be, it is the first one whose required fields it has."""
    if not is_dataclass(kind):
        return True
    required = [each.name for each in fields(kind) if each.default is MISSING]
    return isinstance(value, dict) and all(_camel(name) in value for name in required)


def _camel(name: str) -> str:
    return re.sub("_([a-z])", lambda match: match[1].upper(), name)
