-- Logins under way: from the press of "Connect" to a connected channel or a refusal. `state_hash` and `browser_hash` are
-- SHA-256 of what binds the answer to the question and to the browser that asked. `verifier` (of PKCE) and `token` (what
-- came of the code, until it is adopted) are sealed; both are gone when the login has ended. `details` is JSON without
-- secrets: what was asked and granted, the accounts that were found, the problem.
CREATE TABLE logins (
    id TEXT PRIMARY KEY,
    revision INTEGER NOT NULL,
    stage TEXT NOT NULL,
    channel_name TEXT NOT NULL,
    login TEXT NOT NULL CHECK (login IN ('facebook', 'instagram')),
    via TEXT NOT NULL,
    state_hash BLOB NOT NULL UNIQUE,
    browser_hash BLOB NOT NULL,
    redirect_uri TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    details TEXT NOT NULL,
    verifier BLOB,
    token BLOB,
    key_term INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX logins_by_channel ON logins (channel_name, created_at);
CREATE INDEX logins_by_end ON logins (expires_at);

-- Whose login a channel's token came of, by Meta's app-scoped number: its calls about a person (deauthorize, data
-- deletion) name nobody else.
CREATE TABLE channel_people (
    channel_id INTEGER PRIMARY KEY REFERENCES channels (id) ON DELETE CASCADE,
    person_id TEXT NOT NULL
) STRICT;

-- A login under way goes on for its channel under the new name.
CREATE TRIGGER logins_follow_their_channel AFTER UPDATE OF name ON channels WHEN new.name <> old.name
BEGIN
    UPDATE logins SET channel_name = new.name WHERE channel_name = old.name;
END;
