-- One bot's tables. Names are unqualified: the search_path says whose they are. Money is
-- numeric(12,2) in the bot's currency; times are the farm's clock, in UTC.

CREATE TABLE users (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    telegram_id bigint NOT NULL UNIQUE,
    username text,
    first_name text NOT NULL DEFAULT '',
    last_name text,
    language text,
    balance numeric(12,2) NOT NULL DEFAULT 0,
    held numeric(12,2) NOT NULL DEFAULT 0,
    joined_at timestamptz NOT NULL,
    role text NOT NULL DEFAULT 'user' CHECK (role IN ('user', 'admin', 'owner')),
    is_banned boolean NOT NULL DEFAULT false,
    last_reward_at timestamptz,
    CONSTRAINT held_is_covered CHECK (0 <= held AND held <= balance)
);

CREATE TABLE services (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE,
    emoji text NOT NULL DEFAULT '',
    description text,
    active boolean NOT NULL DEFAULT true,
    default_price numeric(12,2) NOT NULL CHECK (default_price >= 0),
    code_regex text,
    aliases text[] NOT NULL DEFAULT '{}',
    origin text NOT NULL DEFAULT 'panel' CHECK (origin IN ('file', 'panel'))
);

CREATE TABLE service_countries (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    service_id bigint NOT NULL REFERENCES services (id),
    country_name text NOT NULL,
    country_code text NOT NULL CHECK (country_code ~ '^[1-9][0-9]{0,3}$'),
    flag text NOT NULL DEFAULT '',
    active boolean NOT NULL DEFAULT true,
    price numeric(12,2) CHECK (price >= 0),
    origin text NOT NULL DEFAULT 'panel' CHECK (origin IN ('file', 'panel')),
    UNIQUE (service_id, country_name)
);

CREATE TABLE numbers (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    service_id bigint NOT NULL REFERENCES services (id),
    service_country_id bigint NOT NULL REFERENCES service_countries (id),
    country_code text NOT NULL,
    phone_number text NOT NULL CHECK (phone_number ~ '^\+[1-9][0-9]{5,14}$'),
    status text NOT NULL DEFAULT 'available' CHECK (status IN ('available', 'reserved', 'used', 'deleted')),
    available_from timestamptz NOT NULL DEFAULT '-infinity',
    reserved_by_user_id bigint REFERENCES users (id),
    reserved_at timestamptz,
    expires_at timestamptz,
    code_received_at timestamptz,
    price_override numeric(12,2) CHECK (price_override >= 0),
    UNIQUE (service_id, phone_number)
);
CREATE INDEX numbers_free ON numbers (service_country_id, id) WHERE status = 'available';

CREATE TABLE providers (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE,
    base_url text,
    api_key text,
    mode text NOT NULL CHECK (mode IN ('poll', 'webhook')),
    poll_interval_sec int NOT NULL DEFAULT 5 CHECK (poll_interval_sec > 0),
    active boolean NOT NULL DEFAULT true,
    origin text NOT NULL DEFAULT 'panel' CHECK (origin IN ('file', 'panel'))
);

CREATE TABLE service_provider_map (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    service_id bigint NOT NULL REFERENCES services (id),
    provider_id bigint NOT NULL REFERENCES providers (id),
    regex_pattern text,
    UNIQUE (service_id, provider_id)
);

CREATE TABLE reservations (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES users (id),
    service_id bigint NOT NULL REFERENCES services (id),
    service_country_id bigint NOT NULL REFERENCES service_countries (id),
    number_id bigint NOT NULL REFERENCES numbers (id),
    phone_number text NOT NULL,
    status text NOT NULL DEFAULT 'waiting_code'
        CHECK (status IN ('waiting_code', 'code_received', 'completed', 'expired', 'canceled', 'failed')),
    price numeric(12,2) NOT NULL CHECK (price >= 0),
    -- What this rental holds of its user's balance while it is open.
    held numeric(12,2) NOT NULL CHECK (held >= 0),
    -- The button press that made it: a second press of the same button finds it here.
    request_key text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    completed_at timestamptz,
    ended_at timestamptz,
    -- Until when the returned number rests.
    rests_until timestamptz,
    code_value text,
    -- Counts the states; `shown_version` is the last one that its screen has shown.
    version int NOT NULL DEFAULT 1,
    shown_version int NOT NULL DEFAULT 0,
    screen_message_id int,
    UNIQUE (user_id, request_key)
);
CREATE UNIQUE INDEX one_open_rental_per_number ON reservations (number_id)
    WHERE status IN ('waiting_code', 'code_received');
CREATE INDEX reservations_open_by_phone ON reservations (phone_number)
    WHERE status IN ('waiting_code', 'code_received');
CREATE INDEX reservations_due ON reservations (expires_at)
    WHERE status IN ('waiting_code', 'code_received');
CREATE INDEX reservations_by_user ON reservations (user_id, created_at DESC, id DESC);
CREATE INDEX reservations_by_number ON reservations (number_id, ended_at);

CREATE TABLE provider_messages (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    provider_id bigint NOT NULL REFERENCES providers (id),
    -- The source's own id, else a hash of provider, recipient, text and time.
    identity text NOT NULL,
    raw_payload jsonb NOT NULL,
    received_at timestamptz NOT NULL,
    outcome text NOT NULL,
    reason text,
    reservation_id bigint REFERENCES reservations (id),
    UNIQUE (provider_id, identity)
);

CREATE TABLE transactions (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES users (id),
    type text NOT NULL CHECK (type IN ('add', 'deduct', 'purchase', 'reward')),
    amount numeric(12,2) NOT NULL,
    balance_after numeric(12,2) NOT NULL,
    reason text NOT NULL,
    actor text NOT NULL,
    service_id bigint REFERENCES services (id),
    number_id bigint REFERENCES numbers (id),
    reservation_id bigint REFERENCES reservations (id),
    created_at timestamptz NOT NULL,
    -- An operation that is repeated after a lost answer finds itself here.
    request_key text UNIQUE
);
CREATE UNIQUE INDEX one_purchase_per_rental ON transactions (reservation_id)
    WHERE type = 'purchase' AND reason = 'code';
CREATE INDEX transactions_by_user ON transactions (user_id, created_at DESC, id DESC);

CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('code', 'expired')),
    telegram_id bigint NOT NULL,
    reservation_id bigint REFERENCES reservations (id),
    -- Fixed before the first try: Telegram takes a repeated id for the same message.
    random_id bigint NOT NULL UNIQUE,
    status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'sent', 'failed')),
    attempts int NOT NULL DEFAULT 0,
    next_try_at timestamptz NOT NULL,
    message_id int,
    reason text,
    created_at timestamptz NOT NULL,
    done_at timestamptz
);
CREATE UNIQUE INDEX one_first_code_per_rental ON outbox (reservation_id) WHERE kind = 'code';
CREATE INDEX outbox_due ON outbox (next_try_at, id) WHERE status = 'pending';

CREATE TABLE audit_log (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    subject text NOT NULL DEFAULT '',
    before jsonb,
    after jsonb
);

-- The bot's Telegram session. The update state belongs to the account, a key to one host.
CREATE TABLE telegram_session (
    id bigint PRIMARY KEY CHECK (id = 1),
    bot_id bigint,
    pts int NOT NULL DEFAULT 0,
    qts int NOT NULL DEFAULT 0,
    date int NOT NULL DEFAULT 0,
    seq int NOT NULL DEFAULT 0
);

CREATE TABLE telegram_keys (
    host text NOT NULL,
    dc_id int NOT NULL,
    address text NOT NULL,
    home boolean NOT NULL DEFAULT false,
    -- Sealed with the farm's key, bound to farm, bot, host and data centre.
    sealed_key text,
    signed_in boolean NOT NULL DEFAULT false,
    PRIMARY KEY (host, dc_id)
);

-- Access hashes: without one, a message to a user or channel cannot be addressed.
CREATE TABLE telegram_peers (
    kind text NOT NULL CHECK (kind IN ('user', 'channel')),
    peer_id bigint NOT NULL,
    access_hash bigint NOT NULL,
    PRIMARY KEY (kind, peer_id)
);

-- Rows of an upload between COPY and the merge into `numbers`; emptied when the import ends.
CREATE TABLE import_rows (
    import_id bigint NOT NULL,
    line bigint NOT NULL,
    service_country_id bigint NOT NULL,
    phone_number text NOT NULL,
    price_override numeric(12,2),
    PRIMARY KEY (import_id, line)
);

CREATE TRIGGER transactions_append_only BEFORE UPDATE OR DELETE ON transactions
    FOR EACH ROW EXECUTE FUNCTION farm.refuse_change();
CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE ON audit_log
    FOR EACH ROW EXECUTE FUNCTION farm.refuse_change();
CREATE TRIGGER reservations_states BEFORE UPDATE OF status ON reservations
    FOR EACH ROW EXECUTE FUNCTION farm.guard_rental_state();
