-- What an owner runs from the panel: imports, broadcasts, providers of their own, messages that
-- matched nothing. Only adds: the binary before it runs on this schema too.

-- When the bot last heard of the user; NULL for those who have not been here since this column.
ALTER TABLE users ADD COLUMN seen_at timestamptz;

-- An exported stock brings the states of its numbers along.
ALTER TABLE import_rows ADD COLUMN status text NOT NULL DEFAULT 'available'
    CHECK (status IN ('available', 'used', 'deleted'));

-- Files sent to the bot: one at a time, and what became of them.
CREATE TABLE imports (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- Who sent it, and is told the result.
    telegram_id bigint NOT NULL,
    file_name text NOT NULL,
    status text NOT NULL DEFAULT 'running'
        CHECK (status IN ('running', 'done', 'stopped', 'failed', 'interrupted')),
    began_at timestamptz NOT NULL,
    ended_at timestamptz,
    UNIQUE (telegram_id, began_at)
);
CREATE UNIQUE INDEX one_running_import ON imports (status) WHERE status = 'running';

CREATE TABLE broadcasts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- Who began it, and sees its progress.
    telegram_id bigint NOT NULL,
    body text NOT NULL,
    status text NOT NULL DEFAULT 'running' CHECK (status IN ('running', 'paused', 'canceled', 'done')),
    -- The press that began it: a second one finds it here.
    request_key text NOT NULL UNIQUE,
    -- The message that shows the progress.
    screen_message_id int,
    created_at timestamptz NOT NULL,
    ended_at timestamptz
);
CREATE INDEX broadcasts_newest ON broadcasts (created_at DESC, id DESC);
CREATE INDEX broadcasts_unfinished ON broadcasts (id) WHERE status = 'running';

CREATE TABLE broadcast_recipients (
    broadcast_id bigint NOT NULL REFERENCES broadcasts (id),
    user_id bigint NOT NULL REFERENCES users (id),
    telegram_id bigint NOT NULL,
    status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'sent', 'blocked', 'failed')),
    PRIMARY KEY (broadcast_id, user_id)
);
CREATE INDEX broadcast_recipients_pending ON broadcast_recipients (broadcast_id, user_id)
    WHERE status = 'pending';

ALTER TABLE outbox DROP CONSTRAINT outbox_kind_check;
ALTER TABLE outbox ADD CONSTRAINT outbox_kind_check CHECK (kind IN
    ('code', 'expired', 'unpaid', 'failed', 'replaced', 'another_code', 'erase_code', 'alert', 'letter'));

-- Providers of the panel: `api_key` and `webhook_token` are sealed to the farm's key.
ALTER TABLE providers
    ADD COLUMN webhook_token text,
    ADD COLUMN deleted_name text,
    -- How it does: the last time it answered or posted, the last failure and why.
    ADD COLUMN answered_at timestamptz,
    ADD COLUMN failed_at timestamptz,
    ADD COLUMN failure text;

-- A message's number, text and sender as its source's adapter read them.
ALTER TABLE provider_messages
    ADD COLUMN phone_number text,
    ADD COLUMN body text,
    ADD COLUMN sender text;
CREATE INDEX provider_messages_unmatched ON provider_messages (received_at DESC, id DESC)
    WHERE outcome = 'unmatched';

CREATE INDEX transactions_newest ON transactions (created_at, id);
CREATE INDEX reservations_newest ON reservations (created_at, id);
