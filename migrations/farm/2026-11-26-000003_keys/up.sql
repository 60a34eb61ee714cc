-- Which keys a host opens sealed values with, by their names; the first one seals. A key is not dropped
-- while a host seals with it.
ALTER TABLE hosts ADD COLUMN keys text[] NOT NULL DEFAULT '{}';
