-- The processes that run bots. A host that does not renew its row in time is declared dead by
-- deleting the row, which frees its leases; so life costs one write per host, however many bots it has.
CREATE TABLE hosts (
    host text PRIMARY KEY CHECK (length(host) BETWEEN 1 AND 64),
    -- This start of it: another process under the same name is another one.
    instance bigint NOT NULL,
    version text NOT NULL,
    started_at timestamptz NOT NULL DEFAULT now(),
    alive_until timestamptz NOT NULL,
    -- It hands its bots over and takes none.
    draining boolean NOT NULL DEFAULT false,
    -- What is wrong with its files, for people.
    faults text[] NOT NULL DEFAULT '{}'
);

-- What each bot is, for every host: its file with the secrets sealed to the farm's key.
CREATE TABLE definitions (
    slug text PRIMARY KEY CHECK (slug ~ '^[a-z][a-z0-9_]{1,30}$'),
    version bigint NOT NULL DEFAULT 1,
    origin text NOT NULL CHECK (origin IN ('file', 'panel', 'environment')),
    -- Tells one text from another, secrets included, without telling them.
    mark text NOT NULL,
    body text NOT NULL,
    published_by text NOT NULL,
    published_at timestamptz NOT NULL DEFAULT now(),
    -- A deletion is written down; that a file is missing on some host is none.
    deleted_at timestamptz
);

-- Which host has which file. A bot whose files differ keeps its last good definition.
CREATE TABLE files (
    host text NOT NULL,
    slug text NOT NULL,
    path text NOT NULL,
    mark text NOT NULL,
    -- The bot was deleted in Telegram: the host puts its file aside.
    condemned boolean NOT NULL DEFAULT false,
    PRIMARY KEY (host, slug)
);

-- Who runs a bot. The epoch grows with each taking, and is kept in the bot's schema too, where a
-- host whose epoch is older cannot write.
CREATE TABLE leases (
    slug text PRIMARY KEY,
    host text REFERENCES hosts (host) ON DELETE SET NULL,
    epoch bigint NOT NULL DEFAULT 0,
    -- What its host tells of it.
    state text,
    since timestamptz,
    reason text
);
CREATE INDEX leases_by_host ON leases (host);

-- In whose schema a host keeps its session of a Telegram account: a token that moves to another file
-- brings its session along.
CREATE TABLE sessions (
    account bigint NOT NULL,
    host text NOT NULL,
    slug text NOT NULL,
    PRIMARY KEY (account, host)
);

-- Which migrations a bot's schema has, so that a host that takes a bot over need not look.
ALTER TABLE bots ADD COLUMN schema_version text;
