ALTER TABLE definitions DROP COLUMN account;
