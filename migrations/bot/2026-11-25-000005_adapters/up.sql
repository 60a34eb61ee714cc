-- What kind of source posts: how its requests are signed and read. Only adds: the binary before it
-- runs on this schema too.
ALTER TABLE providers ADD COLUMN adapter text NOT NULL DEFAULT 'generic';
