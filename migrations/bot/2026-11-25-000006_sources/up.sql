-- Sources of every kind. Only adds: the binary before it runs on this schema too.
ALTER TABLE providers
    -- The secret part of the webhook's address, sealed to the farm's key.
    ADD COLUMN url_key text,
    -- Field paths, signature header and lines of a provider of the panel: `name = value`, row by row.
    ADD COLUMN options text NOT NULL DEFAULT '',
    -- How far a polled source has been read: what it said itself, and the newest time of a message.
    ADD COLUMN cursor text,
    ADD COLUMN read_until timestamptz;

-- The device and SIM slot that a message arrived on, where its source names those.
ALTER TABLE provider_messages ADD COLUMN line text;

-- The words by which a message's sender or text names a service; NULL: the usual ones.
ALTER TABLE services ADD COLUMN words text[];

-- Parts of long messages, until all of one are there.
CREATE TABLE message_parts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    provider_id bigint NOT NULL REFERENCES providers (id),
    -- What the parts of a message have in common.
    reference text NOT NULL,
    part int NOT NULL CHECK (part >= 1),
    total int NOT NULL CHECK (total >= 1),
    -- The source's own id: the same part may be posted again.
    identity text NOT NULL,
    body text NOT NULL,
    sender text,
    line text,
    raw_payload jsonb NOT NULL,
    received_at timestamptz NOT NULL,
    -- The message that they make has been taken.
    joined boolean NOT NULL DEFAULT false,
    UNIQUE (provider_id, identity)
);
CREATE INDEX message_parts_open ON message_parts (provider_id, reference, received_at) WHERE NOT joined;
CREATE INDEX message_parts_oldest ON message_parts (received_at);
