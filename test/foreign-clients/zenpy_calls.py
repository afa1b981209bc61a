"""The bulk calls of zenpy, as its users write them."""

import os
import sys
import time
from urllib.parse import urlsplit

from report import attempt, refused
from zenpy import Zenpy
from zenpy.lib.api_objects import GroupMembership, Organization, OrganizationMembership, Ticket, User

address = urlsplit(sys.argv[1])
os.environ["ZENPY_FORCE_SCHEME"] = address.scheme
os.environ["ZENPY_FORCE_NETLOC"] = address.netloc
client = Zenpy(subdomain="fake", email="a@example.com", token="secret")
job_ids = []


def run(call, records, start):
    attempt(call, lambda: wait(start().id), records=records)


def wait(job_id):
    """zenpy has no call that waits."""
    job_ids.append(job_id)
    for _ in range(200):
        job = client.job_status(id=job_id)
        if job.status in ("completed", "failed", "killed"):
            return {"jobId": job_id, "status": job.status, "rows": len(list(job.results))}
        time.sleep(0.05)
    raise TimeoutError(f"still {job.status} after 10 s")


# New objects for each call: zenpy sends only the fields that have changed since an object was last sent.
def new_tickets(count=2):
    return [Ticket(subject="A", description="B") for _ in range(count)]


def new_users():
    return [User(name=name, external_id=name) for name in ("a", "b")]


def new_organizations():
    return [Organization(name=name, external_id=name) for name in ("a", "b")]


def known(kind, **fields):
    return [kind(id=number, **fields) for number in (1, 2)]


run("tickets.create", 2, lambda: client.tickets.create(new_tickets()))
run("tickets.update", 2, lambda: client.tickets.update(known(Ticket, status="solved")))
run("tickets.delete", 2, lambda: client.tickets.delete(known(Ticket)))
run("tickets.permanently_delete(ticket)", 1, lambda: client.tickets.permanently_delete(Ticket(id=1)))
run("tickets.permanently_delete(tickets)", 2, lambda: client.tickets.permanently_delete(known(Ticket)))
run("tickets.merge", 2, lambda: client.tickets.merge(7, [1, 2], target_comment="C"))
run("ticket_import.create", 2, lambda: client.ticket_import.create(new_tickets()))
run("users.create", 2, lambda: client.users.create(new_users()))
run("users.create_or_update", 2, lambda: client.users.create_or_update(new_users()))
run("users.update", 2, lambda: client.users.update(known(User, name="A")))
run("users.update_by_external_id", 2, lambda: client.users.update_by_external_id(new_users()))
run("users.delete", 2, lambda: client.users.delete(known(User)))
run("users.delete_by_external_id", 2, lambda: client.users.delete_by_external_id(new_users()))
run("organizations.create", 2, lambda: client.organizations.create(new_organizations()))
run("organizations.update", 2, lambda: client.organizations.update(known(Organization, name="A")))
run("organizations.update_by_external_id", 2, lambda: client.organizations.update_by_external_id(new_organizations()))
run("organizations.delete", 2, lambda: client.organizations.delete(known(Organization)))
run("organizations.delete_by_external_id", 2, lambda: client.organizations.delete_by_external_id(new_organizations()))
run(
    "organization_memberships.create",
    1,
    lambda: client.organization_memberships.create([OrganizationMembership(user_id=1, organization_id=2)]),
)
run("organization_memberships.delete", 2, lambda: client.organization_memberships.delete(known(OrganizationMembership)))
run("group_memberships.create", 1, lambda: client.group_memberships.create([GroupMembership(user_id=1, group_id=2)]))
run("group_memberships.delete", 2, lambda: client.group_memberships.delete(known(GroupMembership)))

attempt("job_status(id)", lambda: {"read": len([client.job_status(id=job_ids[0])])})
attempt("job_status(ids)", lambda: {"read": len(client.job_status(ids=job_ids[:2])["job_statuses"])})
attempt("job_status()", lambda: {"read": len(client.job_status()["job_statuses"])})
refused("tickets.create of 101 records", lambda: client.tickets.create(new_tickets(101)))
refused("job_status of an unknown job", lambda: client.job_status(id="V3-0"))
