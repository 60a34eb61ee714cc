-- The account at Telegram that a bot runs with while it has a host: another bot gets it when that has ended.
ALTER TABLE leases ADD COLUMN account bigint;
UPDATE leases SET account = d.account FROM definitions d WHERE d.slug = leases.slug AND leases.host IS NOT NULL;
