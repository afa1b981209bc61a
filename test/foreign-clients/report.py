"""How the scripts beside this one report their calls: one JSON object a line, in the form of calls.ts."""

import json


def report(call, **seen):
    print(json.dumps({"call": call, **seen}), flush=True)


def attempt(call, send, **facts):
    """Reports what `send` returns, or the exception of a call that is a good one."""
    try:
        report(call, **facts, **send())
    except Exception as error:
        report(call, **facts, error=text_of(error))


def refused(call, send):
    """Reports the exception of a call that has to be refused."""
    try:
        send()
        report(call, error="was not refused")
    except Exception as error:
        report(call, refusal=text_of(error))


def text_of(error):
    return f"{type(error).__name__}: {error}"
