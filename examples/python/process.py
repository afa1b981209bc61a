"""How a process of this example finds Temporal, and how it ends."""

import asyncio
import os
import sys
from collections.abc import Coroutine
from typing import Any, NoReturn

from temporalio.client import Client
from temporalio.envconfig import ClientConfig


async def connect() -> Client:
    """By the variables that all of Temporal's SDKs read: TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY, ..."""
    config = ClientConfig.load_client_connect_config()
    config.setdefault("target_host", "localhost:7233")
    return await Client.connect(**config)


def run(main: Coroutine[Any, Any, int]) -> NoReturn:
    """Ends with the exit code that `main` returns, and at once.

    Before Python 3.14 an interpreter that takes its time to end now and then aborts, when a thread of the SDK still has a
    word to say: https://github.com/temporalio/sdk-python/issues/300
    """
    code = asyncio.run(main)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
