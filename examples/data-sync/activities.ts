/** What the pipeline does in PostgreSQL before and after the bulk run. */
import type { Pool } from 'pg';

export type SyncActivities = ReturnType<typeof createSyncActivities>;

/** Users whose last change was not sent yet. One that Zendesk refused is sent again when it has changed. */
const TAKE = `
  INSERT INTO sync_user (sync_id, position, external_id, name, email, change_id)
  SELECT $1, row_number() OVER (ORDER BY change_id), external_id, name, email, change_id
  FROM app_user LEFT JOIN zendesk_user USING (external_id, change_id)
  WHERE zendesk_user.external_id IS NULL`;

const COUNT = `SELECT count(*)::int AS count FROM sync_user WHERE sync_id = $1`;
const FORGET = `DELETE FROM sync_user WHERE taken_at < now() - interval '7 days'`;

const ERRORS = `
  SELECT error, count(*)::int AS users FROM sync_user JOIN zendesk_user USING (external_id, change_id)
  WHERE sync_id = $1 AND error IS NOT NULL GROUP BY error ORDER BY users DESC, error LIMIT 20`;

export function createSyncActivities(database: Pool) {
  const count = async (syncId: string) => (await database.query<{ count: number }>(COUNT, [syncId])).rows[0]!.count;

  return {
    /** Copies the users that have changed, once for each sync, and returns how many they are. Forgets those of old syncs. */
    async takeChangedUsers(syncId: string): Promise<number> {
      await database.query(FORGET);
      const taken = await count(syncId);
      if (taken > 0) return taken; // by an attempt that could not say so
      await database.query(TAKE, [syncId]);
      return await count(syncId);
    },

    /** How many users of the sync Zendesk has refused, by error; the 20 most frequent. */
    async countErrors(syncId: string): Promise<Record<string, number>> {
      const { rows } = await database.query<{ error: string; users: number }>(ERRORS, [syncId]);
      return Object.fromEntries(rows.map(({ error, users }) => [error, users]));
    },
  };
}
