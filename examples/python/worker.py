"""A worker for the workflows of this example, on TASK_QUEUE."""

import asyncio
import os
import signal

from temporalio.worker import Worker

from process import connect, run
from workflows import SyncToZendesk


async def main() -> int:
    stop = asyncio.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, stop.set)
    task_queue = os.environ.get("TASK_QUEUE", "zendesk-sync")
    async with Worker(await connect(), task_queue=task_queue, workflows=[SyncToZendesk]):
        print(f"Worker ready on {task_queue}", flush=True)
        await stop.wait()
    return 0


if __name__ == "__main__":
    run(main())
