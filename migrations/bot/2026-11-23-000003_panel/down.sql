DROP INDEX numbers_by_country, users_by_name, numbers_by_phone, audit_log_newest;
DROP TABLE admin_areas;
ALTER TABLE service_countries DROP COLUMN deleted_name;
ALTER TABLE services DROP COLUMN deleted_name;
