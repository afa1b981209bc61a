/** A PostgreSQL inside this process, with users to try the pipeline with. */
import { PGlite } from '@electric-sql/pglite';
import { SCHEMA } from './activities';

export async function openDemoDatabase(users: number): Promise<PGlite> {
  const database = await PGlite.create();
  await database.exec(SCHEMA);
  await database.query(
    `INSERT INTO app_user (external_id, name, email)
     SELECT 'crm-' || i, 'User ' || i, 'user' || i || '@example.com' FROM generate_series(1, $1::int) AS i`,
    [users],
  );
  return database;
}
