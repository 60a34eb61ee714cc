-- Unpaid codes, changes that cost, further codes, erased codes, channels and their rewards, what
-- the panel sets. Only adds: the binary before it runs on this schema too.

ALTER TABLE reservations
    -- Numbers changed before this one, within one rental of the user's.
    ADD COLUMN changes int NOT NULL DEFAULT 0,
    -- The expired rental in whose place this one came by itself.
    ADD COLUMN replaces_id bigint REFERENCES reservations (id),
    ADD COLUMN code_received_at timestamptz;
CREATE INDEX reservations_withheld ON reservations (id) WHERE status = 'code_received';
CREATE INDEX reservations_open_by_user ON reservations (user_id)
    WHERE status IN ('waiting_code', 'code_received');
-- A delivered code is erased wherever it is stored.
CREATE INDEX provider_messages_by_rental ON provider_messages (reservation_id);
CREATE INDEX outbox_further_codes ON outbox (reservation_id) WHERE kind = 'another_code';

ALTER TABLE outbox DROP CONSTRAINT outbox_kind_check;
ALTER TABLE outbox ADD CONSTRAINT outbox_kind_check CHECK (kind IN
    ('code', 'expired', 'unpaid', 'failed', 'replaced', 'another_code', 'erase_code', 'alert'));
-- What the message says besides its rental: the further code, the alert's text, the message to erase.
ALTER TABLE outbox ADD COLUMN details jsonb;

CREATE TABLE channels (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- Telegram's id of the channel; a public one is found by its name at first.
    chat_id bigint UNIQUE,
    title text NOT NULL,
    -- `@name` of a public channel, or the invite link of a private one.
    username_or_link text NOT NULL UNIQUE,
    -- Must be joined before the bot can be used.
    required boolean NOT NULL DEFAULT false,
    active boolean NOT NULL DEFAULT true,
    -- No reward if NULL.
    reward_amount numeric(12,2) CHECK (reward_amount > 0),
    frequency text NOT NULL DEFAULT 'once' CHECK (frequency IN ('once', 'hours', 'days')),
    -- Every so many hours or days.
    every int NOT NULL DEFAULT 1 CHECK (every > 0),
    origin text NOT NULL DEFAULT 'panel' CHECK (origin IN ('file', 'panel')),
    -- Removed by the owner; awards refer to it.
    removed_at timestamptz
);

CREATE TABLE user_channel_rewards (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES users (id),
    channel_id bigint NOT NULL REFERENCES channels (id),
    last_award_at timestamptz NOT NULL,
    times_awarded int NOT NULL DEFAULT 1,
    UNIQUE (user_id, channel_id)
);

-- What the owner was alerted of and is not over yet: told once when it begins.
CREATE TABLE alerts (
    kind text NOT NULL,
    subject text NOT NULL,
    raised_at timestamptz NOT NULL,
    PRIMARY KEY (kind, subject)
);

-- What the panel set; it wins over the file.
CREATE TABLE settings (
    key text PRIMARY KEY,
    value jsonb NOT NULL,
    changed_at timestamptz NOT NULL,
    changed_by text NOT NULL
);

-- The dialog that somebody is in; it survives a restart.
CREATE TABLE dialogs (
    user_id bigint PRIMARY KEY REFERENCES users (id),
    state jsonb NOT NULL,
    changed_at timestamptz NOT NULL
);

-- Who gave the panel's password, and until when it counts.
CREATE TABLE admin_sessions (
    user_id bigint PRIMARY KEY REFERENCES users (id),
    expires_at timestamptz NOT NULL,
    -- Of the password that was given: another password ends the session.
    password_mark text NOT NULL
);

-- Wrong passwords in a row, and until when no more is taken.
CREATE TABLE admin_failures (
    user_id bigint PRIMARY KEY REFERENCES users (id),
    failures int NOT NULL,
    locked_until timestamptz
);
