-- Row 1 is the account that has the bot. An account that had it before keeps its own row, by its own id:
-- when it comes back, here or in another bot's file, it goes on from there. No account's id is 1.
ALTER TABLE telegram_session DROP CONSTRAINT telegram_session_id_check;
