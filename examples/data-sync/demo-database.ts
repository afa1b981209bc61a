/** A PostgreSQL with users to try the pipeline with: runs until it is interrupted, and is gone then. */
import { once } from 'node:events';
import { Pool } from 'pg';
import { startPostgres } from '../../dev/postgres-server';
import { SCHEMA } from './schema';

const USERS = `
  INSERT INTO app_user (external_id, name, email)
  SELECT 'crm-' || i, 'User ' || i, 'user' || i || '@example.com' FROM generate_series(1, $1::int) AS i`;

async function main(users: number): Promise<void> {
  const server = await startPostgres();
  const database = new Pool({ connectionString: server.url });
  await database.query(SCHEMA);
  await database.query(USERS, [users]);
  await database.end();
  console.log(`${users} users are in\nexport DATABASE_URL=${server.url}`);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await server.stop();
}

main(Number(process.argv[2] ?? 2_500)).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
