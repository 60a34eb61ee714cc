-- Bots that a host cannot run, because it cannot read their definitions: others keep what it would be given.
ALTER TABLE hosts ADD COLUMN unable text[] NOT NULL DEFAULT '{}';

-- Tells the secrets of a host's file from others without telling them: one that changed while the host was
-- down is published too.
ALTER TABLE files ADD COLUMN secrets text NOT NULL DEFAULT '';
