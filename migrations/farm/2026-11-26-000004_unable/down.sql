ALTER TABLE definitions DROP COLUMN account;
ALTER TABLE files DROP COLUMN secrets;
ALTER TABLE hosts DROP COLUMN unable;
