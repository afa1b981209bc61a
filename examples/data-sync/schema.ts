/** The tables of the pipeline, beside the application's own users. */
export const SCHEMA = `
  -- The application's. Each change of a user gives it a new change_id.
  CREATE SEQUENCE change_id;
  CREATE TABLE app_user (
    external_id text PRIMARY KEY,
    name text NOT NULL,
    email text NOT NULL,
    change_id bigint NOT NULL DEFAULT nextval('change_id')
  );
  CREATE FUNCTION renew_change_id() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN NEW.change_id := nextval('change_id'); RETURN NEW; END $$;
  CREATE TRIGGER app_user_changed BEFORE UPDATE ON app_user FOR EACH ROW EXECUTE FUNCTION renew_change_id();

  -- What became of the last change of each user that was sent.
  CREATE TABLE zendesk_user (
    external_id text PRIMARY KEY,
    change_id bigint NOT NULL,
    zendesk_id bigint,
    error text,
    details text,
    synced_at timestamptz NOT NULL DEFAULT now()
  );

  -- The users of one sync as they were when it began: a source has to give the same records whenever it is read.
  CREATE TABLE sync_user (
    sync_id text,
    position bigint,
    external_id text NOT NULL,
    name text NOT NULL,
    email text NOT NULL,
    change_id bigint NOT NULL,
    taken_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (sync_id, position)
  );`;
