DELETE FROM telegram_session WHERE id <> 1;
ALTER TABLE telegram_session ADD CONSTRAINT telegram_session_id_check CHECK (id = 1);
