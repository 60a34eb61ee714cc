-- Bots that owners created with this one, on Telegram's own dialog. Nothing else remembers them: until they
-- are on the farm the panel offers them.
CREATE TABLE created_bots (
    bot_id bigint PRIMARY KEY,
    -- Telegram's id of who owns it there.
    owner bigint NOT NULL,
    username text,
    created_at timestamptz NOT NULL
);
