-- Logins under way: from the press of "Connect" to a connected channel or a refusal. `state_hash` and `browser_hash` are
-- hashes of what binds the answer to the question and to the browser that asked; `sealed` is the token that came of the
-- code, until it is adopted. `details` is JSON without secrets.
CREATE TABLE logins (
    id TEXT PRIMARY KEY,
    stage TEXT NOT NULL,
    channel_name TEXT NOT NULL,
    login TEXT NOT NULL CHECK (login IN ('facebook', 'instagram')),
    state_hash BLOB NOT NULL UNIQUE,
    browser_hash BLOB,
    redirect_uri TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    details TEXT NOT NULL,
    sealed BLOB,
    key_term INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX logins_by_end ON logins (expires_at);
