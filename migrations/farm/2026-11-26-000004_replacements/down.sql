ALTER TABLE files DROP COLUMN replacement;
