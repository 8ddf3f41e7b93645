-- Who may come in by the network. Only hashes stand here: what was copied from this file opens nothing.

-- `hash`: SHA-256 of the key. `scopes`: blank-separated. An empty channel_name: every channel. A revoked key stays, so
-- that the audit trail's names keep their meaning.
CREATE TABLE api_keys (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    hash BLOB NOT NULL UNIQUE,
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    channel_name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER,
    revoked_at INTEGER
) STRICT;

-- A key for one channel goes on with it under its new name; one that was revoked keeps the name that it had.
CREATE TRIGGER api_keys_follow_their_channel AFTER UPDATE OF name ON channels WHEN new.name <> old.name
BEGIN
    UPDATE api_keys SET channel_name = new.name WHERE channel_name = old.name AND revoked_at IS NULL;
END;

-- The one administrator. `password`: Argon2id in libsodium's text form.
CREATE TABLE admin (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    password TEXT NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT;

-- Of the Settings page. `hash`: SHA-256 of the cookie's value. Times are the machine's, never the simulator's.
-- `expires_at`: whatever happens; a session that is not seen for a while ends before.
CREATE TABLE sessions (
    hash BLOB PRIMARY KEY,
    created_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_by_end ON sessions (expires_at);
