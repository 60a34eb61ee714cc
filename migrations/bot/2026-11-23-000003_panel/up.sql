-- What the panel needs: names that can be used again after a deletion, and rights by area.

-- A deleted service or country keeps its name here for history; `name` itself is freed.
ALTER TABLE services ADD COLUMN deleted_name text;
ALTER TABLE service_countries ADD COLUMN deleted_name text;

-- The areas of the panel that an admin may use.
CREATE TABLE admin_areas (
    user_id bigint NOT NULL REFERENCES users (id),
    area text NOT NULL,
    PRIMARY KEY (user_id, area)
);

CREATE INDEX numbers_by_country ON numbers (service_country_id, status, id);
CREATE INDEX users_by_name ON users (lower(username));
CREATE INDEX numbers_by_phone ON numbers (phone_number);
CREATE INDEX audit_log_newest ON audit_log (at DESC, id DESC);
