DROP TABLE message_parts;
ALTER TABLE provider_messages DROP COLUMN line;
ALTER TABLE services DROP COLUMN words;
ALTER TABLE providers DROP COLUMN url_key, DROP COLUMN options, DROP COLUMN cursor, DROP COLUMN read_until;
