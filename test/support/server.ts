import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';

/** Connections of one suite to the Temporal server that the test run started. Close them in `afterAll`. */
export interface ServerConnections {
  client: Client;
  nativeConnection: NativeConnection;
  close(): Promise<void>;
}

/** Where that server listens. */
export function address(): string {
  const found = process.env['TEST_TEMPORAL_ADDRESS'];
  if (!found) throw new Error('TEST_TEMPORAL_ADDRESS is not set: server tests run through jest, which starts a server');
  return found;
}

export async function connect(): Promise<ServerConnections> {
  const connection = await Connection.connect({ address: address() });
  const nativeConnection = await NativeConnection.connect({ address: address() });
  return {
    client: new Client({ connection, namespace: process.env['TEST_TEMPORAL_NAMESPACE'] }),
    nativeConnection,
    async close() {
      await nativeConnection.close();
      await connection.close();
    },
  };
}

/** A task queue of the suite's own: suites share the server, in parallel. */
export const uniqueTaskQueue = (name: string): string => `${name}-${randomUUID()}`;
