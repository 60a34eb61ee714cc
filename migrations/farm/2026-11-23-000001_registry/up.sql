-- What belongs to the farm as a whole. One row of `installation` names this farm, so that two
-- farms on one server give their bots' roles (which are cluster-wide) different names.
CREATE TABLE installation (
    id bigint PRIMARY KEY CHECK (id = 1),
    farm_id text NOT NULL CHECK (farm_id ~ '^[0-9a-f]{8}$'),
    created_at timestamptz NOT NULL DEFAULT now()
);

-- Every bot that ever had a schema here. Data outlives a removed file.
CREATE TABLE bots (
    slug text PRIMARY KEY CHECK (slug ~ '^[a-z][a-z0-9_]{1,30}$'),
    telegram_id bigint,
    provisioned_at timestamptz NOT NULL DEFAULT now(),
    last_started_at timestamptz
);

-- Guard of the append-only tables in every bot's schema: refuses the change whoever asks, the
-- tables' owner included.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;

-- Guard of the rental's states: no transition but those of the specification.
CREATE FUNCTION guard_rental_state() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status = OLD.status
        OR (OLD.status = 'waiting_code'
            AND NEW.status IN ('completed', 'code_received', 'failed', 'expired', 'canceled'))
        OR (OLD.status = 'code_received' AND NEW.status IN ('completed', 'failed'))
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a rental cannot go from % to %', OLD.status, NEW.status
        USING ERRCODE = 'restrict_violation';
END
$$;
