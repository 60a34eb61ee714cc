DROP TABLE admin_failures, admin_sessions, dialogs, settings, alerts, user_channel_rewards, channels;
DELETE FROM outbox WHERE kind NOT IN ('code', 'expired');
ALTER TABLE outbox DROP COLUMN details;
ALTER TABLE outbox DROP CONSTRAINT outbox_kind_check;
ALTER TABLE outbox ADD CONSTRAINT outbox_kind_check CHECK (kind IN ('code', 'expired'));
DROP INDEX reservations_withheld, reservations_open_by_user, provider_messages_by_rental, outbox_further_codes;
ALTER TABLE reservations DROP COLUMN changes, DROP COLUMN replaces_id, DROP COLUMN code_received_at;
