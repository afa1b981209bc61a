/** Source and sink of the bulk run: the users of one sync, a page at a time, and what became of each. */
import type { Pool } from 'pg';
import type { SourceObject, WriteRows } from 'temporal-zendesk-jobs';

/** The arguments of both: which sync. */
interface SyncArgs {
  syncId: string;
}

const PAGE = 100;

/** Keyset pagination: by the last position of the page before, however many there are. */
const READ_PAGE = `
  SELECT position, external_id, name, email FROM sync_user
  WHERE sync_id = $1 AND position > $2 ORDER BY position LIMIT $3`;

const COUNT = `SELECT count(*)::int AS total FROM sync_user WHERE sync_id = $1`;

/** A second time it changes nothing, and an older sync that ends late does not undo a newer one. */
const WRITE_ROWS = `
  INSERT INTO zendesk_user (external_id, change_id, zendesk_id, error, details)
  SELECT external_id, change_id, result.id, result.error, result.details
  FROM jsonb_to_recordset($2::jsonb) AS result (index bigint, id bigint, error text, details text)
  JOIN sync_user ON sync_id = $1 AND position = result.index + 1
  ON CONFLICT (external_id) DO UPDATE
    SET change_id = excluded.change_id, zendesk_id = coalesce(excluded.zendesk_id, zendesk_user.zendesk_id),
        error = excluded.error, details = excluded.details, synced_at = excluded.synced_at
    WHERE zendesk_user.change_id <= excluded.change_id`;

export function changedUsersSource(database: Pool): SourceObject {
  return {
    async check(args) {
      const { rows } = await database.query<{ total: number }>(COUNT, [(args as SyncArgs).syncId]);
      return { total: rows[0]!.total };
    },

    async read(args, cursor) {
      const { rows } = await database.query<{ position: string; external_id: string; name: string; email: string }>(
        READ_PAGE,
        [(args as SyncArgs).syncId, cursor ?? 0, PAGE],
      );
      const items = rows.map(({ external_id, name, email }) => ({ external_id, name, email }));
      return { items, next: rows.length < PAGE ? null : Number(rows.at(-1)!.position) };
    },
  };
}

export function changedUsersSink(database: Pool): WriteRows {
  return async (rows, { args }) => {
    // An uncertain user is not written down: the next sync takes it, and an upsert may be repeated.
    const known = rows.filter(({ result }) => result !== 'uncertain');
    const results = known.map(({ result, index, id, error, details }) => {
      return result === 'succeeded' ? { index, id } : { index, error: error ?? 'unknown', details };
    });
    await database.query(WRITE_ROWS, [(args as SyncArgs).syncId, JSON.stringify(results)]);
  };
}
