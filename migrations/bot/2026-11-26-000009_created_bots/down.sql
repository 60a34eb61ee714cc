DROP TABLE created_bots;
