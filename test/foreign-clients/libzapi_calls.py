"""The bulk calls of libzapi, as its users write them. It cannot read a job status, so that a call ends with the start."""

import sys

from libzapi import CustomData, Ticketing
from report import attempt, refused

origin = sys.argv[1]
credentials = {"email": "a@example.com", "api_token": "secret"}
tickets = Ticketing(origin, **credentials).tickets
records = CustomData(origin, **credentials).custom_object_records


def run(call, records, start):
    attempt(call, lambda: {"jobId": start().id}, records=records)


ticket = {"subject": "A", "description": "B"}
record = {"name": "A", "external_id": "a", "custom_object_fields": {}}
known = "01HTMF8KNEWQ6TKFM4DCE1GNAZ"
actions = {
    "create": [record, record],
    "update": [{"id": known, "custom_object_fields": {}}],
    "create_or_update_by_external_id": [record],
    "create_or_update_by_name": [record],
    "delete": [known],
    "delete_by_external_id": ["a"],
}

run("tickets.create_many", 2, lambda: tickets.create_many([ticket, ticket]))
for action, items in actions.items():
    run(
        f"custom_object_records.bulk_job({action})",
        len(items),
        lambda action=action, items=items: records.bulk_job("asset", action, items),
    )
refused("tickets.create_many of 101 records", lambda: tickets.create_many([ticket] * 101))
