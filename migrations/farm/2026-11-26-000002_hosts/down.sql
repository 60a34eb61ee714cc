ALTER TABLE bots DROP COLUMN schema_version;
DROP TABLE sessions;
DROP TABLE leases;
DROP TABLE files;
DROP TABLE definitions;
DROP TABLE hosts;
