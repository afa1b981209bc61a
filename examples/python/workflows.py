"""A sync that blocks on Zendesk jobs, and reports which records need a check."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from zendesk_jobs import (
        TASK_QUEUE,
        AwaitZendeskJobInput,
        RunZendeskBulkInput,
        RunZendeskBulkResult,
        RunZendeskJobInput,
        ZendeskJobFailed,
        ZendeskJobKilled,
        ZendeskJobLost,
        ZendeskJobOutcome,
        ZendeskJobTimedOut,
        ZendeskResponseTooLarge,
        await_zendesk_job,
        run_zendesk_bulk,
        run_zendesk_job,
    )


@dataclass
class SyncInput:
    job: str
    """Id of a job that somebody else started."""
    tickets: list[int]
    """Ids of the tickets to solve: 100 at most, one job."""
    users: list[dict[str, Any]]
    """Users to create or update, any number."""
    account: str | None = None
    queue: str = TASK_QUEUE
    """Where the ready worker listens."""


@dataclass
class Part:
    succeeded: int
    refused: list[str] = field(default_factory=list)
    """Records that Zendesk refused, and why."""
    unclear: list[str] = field(default_factory=list)
    """Records of which it is unknown whether Zendesk did them: check them in Zendesk."""


@dataclass
class SyncReport:
    job: Part
    tickets: Part
    users: Part


@workflow.defn(name="syncToZendesk")
class SyncToZendesk:
    """All at once. Cancelling it cancels every wait; the jobs themselves go on in Zendesk."""

    @workflow.run
    async def run(self, input: SyncInput) -> SyncReport:
        job, tickets, users = await asyncio.gather(
            self._follow(input), self._solve_tickets(input), self._import_users(input)
        )
        return SyncReport(job=job, tickets=tickets, users=users)

    async def _follow(self, input: SyncInput) -> Part:
        wait = AwaitZendeskJobInput(account=input.account, job_id=input.job, results="failed")
        try:
            return part_of_job(await await_zendesk_job(wait, task_queue=input.queue))
        except (ZendeskJobFailed, ZendeskJobKilled) as error:
            # What it did before it failed is in the outcome.
            part = part_of_job(error.outcome)
            return Part(part.succeeded, part.refused, [*part.unclear, error.message])
        except (ZendeskJobLost, ZendeskJobTimedOut, ZendeskResponseTooLarge) as error:
            return Part(succeeded=0, unclear=[error.message])

    async def _solve_tickets(self, input: SyncInput) -> Part:
        job = RunZendeskJobInput(
            account=input.account,
            operation="tickets/update_many",
            ids=list(input.tickets),
            body={"ticket": {"status": "solved"}},
            results="failed",
        )
        return part_of_job(await run_zendesk_job(job, task_queue=input.queue))

    async def _import_users(self, input: SyncInput) -> Part:
        run = RunZendeskBulkInput(account=input.account, operation="users/create_or_update_many", items=input.users)
        return part_of_run(await run_zendesk_bulk(run, task_queue=input.queue))


def part_of_job(outcome: ZendeskJobOutcome) -> Part:
    """`completed` does not mean that all went well: 99 of 100 records can have failed."""
    return Part(
        succeeded=outcome.succeeded,
        refused=[f"{row.index}: {row.error}" for row in outcome.results if not row.ok],
        unclear=[f"{outcome.unreported} records without a result"] if outcome.unreported else [],
    )


def part_of_run(result: RunZendeskBulkResult) -> Part:
    """The lists of a run are bounded: what does not fit is counted. A sink gets every record."""
    refused = [f"{row.index}: {row.error}" for row in result.failures]
    if result.failures_omitted:
        refused.append(f"{result.failures_omitted} more records")
    unclear = [f"{batch.count} records from {batch.first_index} on" for batch in result.uncertain]
    if result.uncertain_omitted:
        unclear.append(f"{result.uncertain_omitted} more batches")
    return Part(succeeded=result.succeeded, refused=refused, unclear=unclear)
