-- Has an older copy of this store been brought back? The same two values stand in a file beside the store, which follows
-- each rise of `epoch` once that is durable: a store that is behind the file is older than what was done here.

CREATE TABLE store_mark (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    id TEXT NOT NULL,
    epoch INTEGER NOT NULL
) STRICT;

INSERT INTO store_mark (only, id, epoch) VALUES (1, lower(hex(randomblob(16))), 0);

-- Since then the channel's token waits to be checked with Meta.
ALTER TABLE channels ADD COLUMN restored_at INTEGER;
