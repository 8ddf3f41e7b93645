-- What Everlong remembers. Instants are milliseconds since 1970 in UTC; words are those of the contract. A token stands
-- here only sealed; its fingerprint and facts stand in clear.

-- "EvLg": this file is a store of Everlong, whatever it is called.
PRAGMA application_id = 0x45764C67;

-- key_id, key_term and check: which key this store was sealed with.
CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Ids are never given twice: a sealed token is bound to its channel's id.
CREATE TABLE channels (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    revision INTEGER NOT NULL,
    name TEXT NOT NULL UNIQUE,
    login TEXT NOT NULL CHECK (login IN ('facebook', 'instagram')),
    app_id TEXT NOT NULL,
    ig_user_id TEXT NOT NULL,
    username TEXT NOT NULL,
    account_type TEXT NOT NULL,
    page_id TEXT NOT NULL,
    page_name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    current_version INTEGER NOT NULL DEFAULT 0,
    last_version INTEGER NOT NULL DEFAULT 0,
    last_refresh_at INTEGER,
    next_attempt_at INTEGER,
    failed_attempts INTEGER NOT NULL DEFAULT 0,
    last_problem TEXT,
    suspicion TEXT,
    verdict TEXT,
    was_extension_refused INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX channels_by_due ON channels (next_attempt_at) WHERE next_attempt_at IS NOT NULL;

-- `sealed` is absent once a version is discarded. `expires` tells "unknown" from "never"; `expires_at` goes with "at".
CREATE TABLE tokens (
    channel_id INTEGER NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
    version INTEGER NOT NULL CHECK (version > 0),
    state TEXT NOT NULL CHECK (state IN ('pending', 'current', 'retired', 'discarded')),
    sealed BLOB,
    key_term INTEGER NOT NULL,
    kind TEXT NOT NULL,
    lifetime TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    issued_at INTEGER NOT NULL,
    expires TEXT NOT NULL,
    expires_at INTEGER,
    data_access_expires TEXT NOT NULL,
    data_access_expires_at INTEGER,
    are_scopes_known INTEGER NOT NULL,
    scopes TEXT NOT NULL,
    source TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    verified_at INTEGER,
    retired_at INTEGER,
    PRIMARY KEY (channel_id, version),
    CHECK ((state = 'discarded') = (sealed IS NULL)),
    CHECK (expires IN ('unknown', 'never', 'at') AND (expires = 'at') = (expires_at IS NOT NULL)),
    CHECK (data_access_expires IN ('unknown', 'never', 'at')
           AND (data_access_expires = 'at') = (data_access_expires_at IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX tokens_one_current ON tokens (channel_id) WHERE state = 'current';
CREATE UNIQUE INDEX tokens_one_pending ON tokens (channel_id) WHERE state = 'pending';

-- An intent outlives its channel and may come before it: an import asks Meta before there is a channel.
CREATE TABLE intents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    channel_name TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    finished_at INTEGER,
    outcome TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX intents_by_token ON intents (fingerprint, kind, id);
CREATE INDEX intents_by_end ON intents (finished_at) WHERE finished_at IS NOT NULL;

CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    channel_id INTEGER NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
    path TEXT NOT NULL,
    token_key TEXT NOT NULL,
    id_key TEXT NOT NULL,
    is_in_place INTEGER NOT NULL,
    delivered_version INTEGER NOT NULL DEFAULT 0,
    delivered_at INTEGER,
    next_attempt_at INTEGER,
    failed_attempts INTEGER NOT NULL DEFAULT 0,
    last_problem TEXT,
    UNIQUE (path, token_key)
) STRICT;

CREATE INDEX deliveries_by_channel ON deliveries (channel_id);
CREATE INDEX deliveries_by_due ON deliveries (next_attempt_at) WHERE next_attempt_at IS NOT NULL;

-- Each row's hash covers its content and the hash of the row before, so that none can be changed or left out unseen.
CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    channel_name TEXT NOT NULL,
    detail TEXT NOT NULL,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL
) STRICT;

CREATE INDEX audit_by_channel ON audit (channel_name, id);

-- Rows that were written only to see that they can be (Store::prove_writable).
CREATE TABLE probes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    filler BLOB NOT NULL
) STRICT;
