ALTER TABLE providers DROP COLUMN adapter;
