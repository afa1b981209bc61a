/** A Temporal server that can be stopped and started again on its database while workflows run. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { startTemporalServer, type TemporalServer } from '../../dev/temporal-server';

export class RestartableServer {
  private constructor(
    private readonly folder: string,
    private server: TemporalServer,
    private connection: Connection,
    private readonly log: (line: string) => void,
  ) {}

  static async start(log: (line: string) => void): Promise<RestartableServer> {
    const folder = await mkdtemp(path.join(tmpdir(), 'restartable-temporal-'));
    const server = await startTemporalServer({ own: true, dbFilename: databaseIn(folder), log });
    return new RestartableServer(folder, server, await Connection.connect({ address: server.address }), log);
  }

  /** The same before and after a restart. */
  get address(): string {
    return this.server.address;
  }

  /** To be asked for again after a restart. */
  get client(): Client {
    return new Client({ connection: this.connection, namespace: this.server.namespace });
  }

  async restart(): Promise<void> {
    const port = Number(this.address.split(':').at(-1));
    await this.#stopServer();
    this.server = await startTemporalServer({ own: true, dbFilename: databaseIn(this.folder), port, log: this.log });
    this.connection = await Connection.connect({ address: this.address });
    this.log('The Temporal server was restarted');
  }

  async stop(): Promise<void> {
    await this.#stopServer();
    await rm(this.folder, { recursive: true, force: true });
  }

  async #stopServer(): Promise<void> {
    await this.connection.close();
    await this.server.stop();
  }
}

const databaseIn = (folder: string) => path.join(folder, 'temporal.db');
