"""Imports the users of an NDJSON file: a client alone, with no worker and no workflow of its own."""

import asyncio
import os
import sys
import uuid

from temporalio.client import WorkflowFailureError

from process import connect, run
from zendesk_jobs import TASK_QUEUE, Named, RunZendeskBulkInput, RunZendeskBulkResult, error_of, from_wire, to_wire


async def import_users(path: str) -> RunZendeskBulkResult:
    # The ready worker reads the file: the path is one of its machine.
    source = Named(name="ndjson", args={"path": os.path.abspath(path)})
    input = RunZendeskBulkInput(operation="users/create_or_update_many", source=source)
    handle = await (await connect()).start_workflow(
        "runZendeskBulk",
        to_wire(input),
        id=f"import-users-{uuid.uuid4()}",
        task_queue=os.environ.get("ZENDESK_TASK_QUEUE", TASK_QUEUE),
        result_type=dict,
    )
    result = asyncio.create_task(handle.result())
    while not result.done():
        progress = await handle.query("progress")
        print(f"{progress['status']}: {progress['progress']} records", flush=True)
        await asyncio.wait([result], timeout=1)
    return from_wire(RunZendeskBulkResult, await result)


async def main() -> int:
    try:
        result = await import_users(sys.argv[1])
    except WorkflowFailureError as error:
        found = error_of(error.cause)
        print(f"{found.type}: {found.message}" if found else error.cause, file=sys.stderr)
        return 1
    print(f"{result.succeeded} succeeded, {result.failed} failed")
    for failure in result.failures:
        print(f"{failure.index}: {failure.error}")
    return 0


if __name__ == "__main__":
    run(main())
