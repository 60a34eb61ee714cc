-- The epoch of the host that runs this bot. Only the farm itself raises it; a transaction of a host
-- with an older one is read-only (`db::scope`).
CREATE TABLE lease (
    id bigint PRIMARY KEY CHECK (id = 1),
    epoch bigint NOT NULL
);
INSERT INTO lease (id, epoch) VALUES (1, 0);
