ALTER TABLE leases DROP COLUMN account;
