-- The bot's account at Telegram, which its token names: two bots never have one. Definitions of before get
-- theirs from the first host that can read them.
ALTER TABLE definitions ADD COLUMN IF NOT EXISTS account bigint;
