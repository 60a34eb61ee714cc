-- The same text to the same number within a short time. In a transaction of its own: while it is built the
-- binary before waits to store messages, and for nothing else (two seconds for a million).
CREATE INDEX provider_messages_by_number ON provider_messages (provider_id, phone_number, received_at);
