/** The bulk calls of node-zendesk, as its users write them. */
import { createClient } from 'node-zendesk';
import type { Call } from './calls';

interface BulkCall {
  call: string;
  args: unknown[];
  records: number;
  /** What tells it from other calls of the same function. */
  how?: string;
}

const ticket = { subject: 'A', comment: { body: 'B' } };
const user = { name: 'A', external_id: 'a' };
const change = { user: { name: 'B' } };
const callback = () => {};

// prettier-ignore
const BULK_CALLS: BulkCall[] = [
  { call: 'tickets.createMany', args: [{ tickets: [ticket, ticket] }], records: 2 },
  { call: 'tickets.updateMany', args: [[1, 2], { ticket: { status: 'solved' } }], records: 2 },
  { call: 'tickets.deleteMany', args: [[1, 2]], records: 2 },
  { call: 'tickets.merge', args: [7, { ids: [1, 2] }], records: 2 },
  { call: 'imports.ticketMany', args: [{ tickets: [ticket, ticket] }], records: 2 },
  { call: 'ticketimport.bulkImport', args: [[ticket, ticket]], records: 2 },
  { call: 'users.createMany', args: [{ users: [user, user] }], records: 2 },
  { call: 'users.createOrUpdateMany', args: [{ users: [user, user] }], records: 2 },
  { call: 'users.updateMany', how: 'body, undefined', args: [{ users: [{ id: 1, name: 'B' }] }, undefined], records: 1 },
  { call: 'users.updateMany', how: 'ids, body', args: [[1, 2], change], records: 2 },
  { call: 'users.updateMany', how: 'ids, body, callback', args: [[1, 2], change, callback], records: 2 },
  { call: 'users.updateMany', how: '{ external_ids }, body, callback', args: [{ external_ids: ['a'] }, change, callback], records: 1 },
  { call: 'users.destroyMany', how: 'ids, undefined', args: [[1, 2], undefined], records: 2 },
  { call: 'users.destroyMany', how: 'ids, undefined, callback', args: [[1, 2], undefined, callback], records: 2 },
  { call: 'organizations.createMany', args: [{ organizations: [{ name: 'A' }, { name: 'B' }] }], records: 2 },
  { call: 'organizations.updateMany', args: [{ organizations: [{ id: 1, name: 'A' }] }], records: 1 },
  { call: 'organizations.bulkDelete', args: [[1, 2]], records: 2 },
  { call: 'organizations.bulkDeleteByExternalId', args: [['a', 'b']], records: 2 },
  { call: 'organizationmemberships.createMany', args: [[{ user_id: 1, organization_id: 2 }]], records: 1 },
  { call: 'organizationmemberships.deleteMany', args: [[1, 2]], records: 2 },
  { call: 'groupmemberships.bulkCreate', args: [[{ user_id: 1, group_id: 2 }]], records: 1 },
  { call: 'groupmemberships.bulkDelete', args: [[1, 2]], records: 2 },
];

interface Body {
  job_status?: { id: string; status: string; results: unknown[] };
  job_statuses?: unknown[];
}

const INTERVAL_MS = 50;
const ATTEMPTS = 5;

export async function callNodeZendesk(origin: string): Promise<Call[]> {
  const client = createClient({ username: 'a@example.com', token: 'secret', endpointUri: `${origin}/api/v2` });
  /** Its types are not those of bulk calls. */
  const send = async (call: string, ...args: unknown[]): Promise<Body> => {
    const [area = '', method = ''] = call.split('.');
    const methods = client[area as keyof typeof client] as unknown as Record<string, (...args: unknown[]) => unknown>;
    const { result } = (await methods[method]!(...args)) as { result: Body };
    return result;
  };

  const calls: Call[] = [];
  const jobIds: string[] = [];
  for (const { call: name, how, args, records } of BULK_CALLS) {
    const call = how ? `${name}(${how})` : name;
    try {
      const jobId = (await send(name, ...args)).job_status!.id;
      jobIds.push(jobId);
      const ended = (await client.jobstatuses.watch(jobId, INTERVAL_MS, ATTEMPTS)) as unknown as Body['job_status'];
      calls.push({ call, records, jobId, status: ended!.status, rows: ended!.results.length });
    } catch (error) {
      calls.push({ call, records, error: messageOf(error) });
    }
  }

  const read = async (call: string, ...args: unknown[]) => {
    try {
      const { job_status: one, job_statuses: many = [one] } = await send(call, ...args);
      calls.push({ call, read: many.length });
    } catch (error) {
      calls.push({ call, error: messageOf(error) });
    }
  };
  await read('jobstatuses.show', jobIds[0]);
  await read('jobstatuses.showMany', jobIds.slice(0, 2));
  await read('jobstatuses.list');

  const refused = async (how: string, call: string, ...args: unknown[]) => {
    const refusal = await send(call, ...args).then(() => undefined, messageOf);
    calls.push({ call: `${call} of ${how}`, ...(refusal ? { refusal } : { error: 'was not refused' }) });
  };
  await refused('101 records', 'tickets.createMany', { tickets: Array(101).fill(ticket) });
  await refused('an unknown job', 'jobstatuses.show', 'V3-0');
  return calls;
}

const messageOf = (error: unknown) => (error as Error).message;
