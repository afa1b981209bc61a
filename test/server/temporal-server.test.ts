import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { freePort } from '../../dev/free-port';
import { startTemporalServer, type TemporalServer } from '../../dev/temporal-server';
import { uniqueTaskQueue } from '../support/server';

const env = { ...process.env };
beforeEach(() => {
  process.env = { ...env };
  delete process.env['TEMPORAL_ADDRESS'];
  delete process.env['TEMPORAL_NAMESPACE'];
});
afterAll(() => void (process.env = env));

test('a server with a database file knows its workflows after a restart on the same port', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'temporal-server-'));
  const place = { own: true, dbFilename: path.join(folder, 'temporal.db'), port: await freePort() };
  const workflowId = uniqueTaskQueue('restart');

  await withServer(place, (client) =>
    client.workflow.start('sleepHours', { workflowId, taskQueue: workflowId, args: [1] }),
  );
  const found = await withServer(place, (client) => client.workflow.getHandle(workflowId).describe());
  expect(found).toMatchObject({ type: 'sleepHours', status: { name: 'RUNNING' } });
  await rm(folder, { recursive: true });
});

async function withServer<T>(place: object, use: (client: Client) => Promise<T>): Promise<T> {
  const server = await startTemporalServer(place);
  const connection = await Connection.connect({ address: server.address });
  try {
    return await use(new Client({ connection }));
  } finally {
    await connection.close();
    await server.stop();
  }
}

describe('with a server that runs', () => {
  let running: TemporalServer;
  beforeAll(async () => {
    running = await startTemporalServer({ own: true, ui: true });
  });
  afterAll(() => running.stop());

  test('its UI answers where it was asked for', async () => {
    expect((await fetch(running.uiUrl!)).status).toBe(200);
  });

  test('TEMPORAL_ADDRESS names it: it is used, and left running', async () => {
    process.env['TEMPORAL_ADDRESS'] = running.address;
    const first = await startTemporalServer();
    expect(first).toMatchObject({ address: running.address, namespace: 'default' });
    await first.stop();
    await (await startTemporalServer()).stop();
  });

  test('TEMPORAL_NAMESPACE names none of its own: that is an error', async () => {
    process.env['TEMPORAL_ADDRESS'] = running.address;
    process.env['TEMPORAL_NAMESPACE'] = 'nowhere';
    await expect(startTemporalServer()).rejects.toThrow('Namespace nowhere is not found');
  });

  test('its port is asked for: that is an error, though a Temporal server answers there', async () => {
    const port = Number(running.address.split(':')[1]);
    await expect(startTemporalServer({ own: true, port })).rejects.toThrow('EADDRINUSE');
  });
});

test('TEMPORAL_ADDRESS names nobody: that is an error, with no other server in its place', async () => {
  const port = await freePort();
  process.env['TEMPORAL_ADDRESS'] = `127.0.0.1:${port}`;
  await expect(startTemporalServer()).rejects.toThrow(
    `TEMPORAL_ADDRESS is 127.0.0.1:${port}, namespace default, but no Temporal server answers`,
  );
});
