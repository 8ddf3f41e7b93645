-- Who may come in by the network. Only hashes stand here: what was copied from this file opens nothing.

-- `hash`: BLAKE2b-256 of the key. `scopes`: blank-separated. An empty channel_name: every channel. A revoked key stays,
-- so that the audit trail's names keep their meaning.
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

-- The one administrator. `password`: Argon2id in libsodium's text form.
CREATE TABLE admin (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    password TEXT NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT;

-- Of the Settings page. `hash`: of the cookie's value. Times are the machine's, never the simulator's.
CREATE TABLE sessions (
    hash BLOB PRIMARY KEY,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_by_end ON sessions (expires_at);
