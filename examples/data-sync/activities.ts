/** The pipeline's side of PostgreSQL: changed users by a cursor, and what became of them. */

/** A `Pool` of `pg`, a PGlite, or whatever else runs a query. */
export interface Database {
  query(text: string, values?: unknown[]): Promise<{ rows: Record<string, unknown>[] }>;
}

export interface User {
  /** Ties our user to Zendesk's: `external_id` there. */
  externalId: string;
  name: string;
  email: string;
}

export interface Batch {
  users: User[];
  /** Of the last of them. A bigint, as text. */
  cursor: string;
}

export interface SyncedUser {
  externalId: string;
  /** Null: Zendesk has the user as we do. */
  error: string | null;
  details: string | null;
}

/** `change_id` is new with each change of a user; the cursor is the last one that was dealt with. */
export const SCHEMA = `
  CREATE SEQUENCE change_id;
  CREATE TABLE app_user (
    external_id text PRIMARY KEY,
    name text NOT NULL,
    email text NOT NULL,
    change_id bigint NOT NULL DEFAULT nextval('change_id')
  );
  CREATE INDEX ON app_user (change_id);
  CREATE FUNCTION renew_change_id() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN NEW.change_id := nextval('change_id'); RETURN NEW; END $$;
  CREATE TRIGGER app_user_changed BEFORE UPDATE ON app_user FOR EACH ROW EXECUTE FUNCTION renew_change_id();

  CREATE TABLE zendesk_cursor (change_id bigint NOT NULL);
  INSERT INTO zendesk_cursor VALUES (0);
  CREATE TABLE zendesk_failure (
    external_id text PRIMARY KEY,
    error text NOT NULL,
    details text,
    failed_at timestamptz NOT NULL DEFAULT now()
  );`;

const CHANGED_USERS = `
  SELECT external_id, name, email, change_id::text
  FROM app_user WHERE change_id > (SELECT change_id FROM zendesk_cursor)
  ORDER BY app_user.change_id LIMIT $1`;

/** One statement, so that all of it happens or nothing; a second time it changes nothing. */
const SAVE_BATCH = `
  WITH synced AS (
    SELECT * FROM jsonb_to_recordset($1::jsonb) AS synced ("externalId" text, error text, details text)
  ), succeeded AS (
    DELETE FROM zendesk_failure USING synced WHERE external_id = "externalId" AND synced.error IS NULL
  ), failed AS (
    INSERT INTO zendesk_failure (external_id, error, details)
    SELECT "externalId", error, details FROM synced WHERE error IS NOT NULL
    ON CONFLICT (external_id)
    DO UPDATE SET error = excluded.error, details = excluded.details, failed_at = excluded.failed_at
  )
  UPDATE zendesk_cursor SET change_id = $2::bigint WHERE change_id < $2::bigint`;

export type SyncActivities = ReturnType<typeof createSyncActivities>;

export function createSyncActivities(database: Database) {
  return {
    /** The users that changed after the cursor, in the order of their changes, at most `limit`. */
    async readChangedUsers(limit: number): Promise<Batch> {
      const { rows } = await database.query(CHANGED_USERS, [limit]);
      const users = rows.map(({ external_id, name, email }) => ({ externalId: external_id, name, email }) as User);
      return { users, cursor: String(rows.at(-1)?.['change_id'] ?? 0) };
    },

    /** Writes down who failed, takes off the list who no longer does, and moves the cursor. */
    async saveBatch(cursor: string, synced: SyncedUser[]): Promise<void> {
      await database.query(SAVE_BATCH, [JSON.stringify(synced), cursor]);
    },
  };
}
