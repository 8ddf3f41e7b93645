-- Posts, their stories, and the pictures and videos that they show. `content`, `progress`, `result`, `findings` and `facts`
-- are JSON without secrets; what is asked for stands in columns of its own, once. Numbers give the order in which things
-- were made; ids are what people and programs see.

-- `made_as`: what the post was when it was made (a hash of its content, and its time), to tell a repeated request with the
-- same key from another one. An empty media_id: not published, or not known as what.
CREATE TABLE posts (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    revision INTEGER NOT NULL,
    channel_id INTEGER NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
    state TEXT NOT NULL CHECK (state IN ('draft', 'scheduled', 'checking', 'containers', 'waiting', 'ready', 'publishing',
                                         'published', 'uncertain', 'held', 'failed', 'cancelled')),
    due_at INTEGER NOT NULL,
    next_attempt_at INTEGER,
    zone TEXT NOT NULL,
    wall_time TEXT NOT NULL,
    media_id TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    made_as TEXT NOT NULL,
    content TEXT NOT NULL,
    progress TEXT NOT NULL,
    result TEXT NOT NULL,
    findings TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL
) STRICT;

-- Lists walk one of the first two for each state that they show; the engine's look at what is due walks the third.
CREATE INDEX posts_by_state ON posts (state, due_at);
CREATE INDEX posts_by_channel ON posts (channel_id, state, due_at);
CREATE INDEX posts_by_attempt ON posts (next_attempt_at, due_at) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX posts_by_media ON posts (channel_id, media_id) WHERE media_id <> '';
CREATE UNIQUE INDEX posts_by_key ON posts (channel_id, idempotency_key) WHERE idempotency_key <> '';
CREATE INDEX posts_in_zones ON posts (id) WHERE zone <> '' AND state = 'scheduled';

CREATE TABLE post_timeline (
    post INTEGER NOT NULL REFERENCES posts (number) ON DELETE CASCADE,
    line INTEGER NOT NULL,
    at INTEGER NOT NULL,
    event TEXT NOT NULL,
    call TEXT NOT NULL,
    detail TEXT NOT NULL,
    state TEXT NOT NULL,
    problem TEXT,
    PRIMARY KEY (post, line)
) STRICT, WITHOUT ROWID;

-- Calls that must not be repeated blindly: each is written down here before it leaves, once.
CREATE TABLE post_intents (
    post INTEGER NOT NULL REFERENCES posts (number) ON DELETE CASCADE,
    step TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    PRIMARY KEY (post, step)
) STRICT, WITHOUT ROWID;

-- `size`: that it will have; `received`: bytes on the shelf. `shown_at`: when it was made, or last left by a post that
-- showed it. `uses`: rows of post_files.
CREATE TABLE files (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    revision INTEGER NOT NULL,
    name TEXT NOT NULL,
    size INTEGER NOT NULL CHECK (size >= 0),
    received INTEGER NOT NULL CHECK (received >= 0),
    sha256 TEXT NOT NULL,
    facts TEXT,
    public_name TEXT NOT NULL,
    public_until INTEGER,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    shown_at INTEGER NOT NULL,
    uses INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE UNIQUE INDEX files_by_public_name ON files (public_name) WHERE public_name <> '';
CREATE INDEX files_unused ON files (shown_at) WHERE uses = 0;

-- Which posts that are not final show which file.
CREATE TABLE post_files (
    post INTEGER NOT NULL REFERENCES posts (number) ON DELETE CASCADE,
    file INTEGER NOT NULL REFERENCES files (number),
    PRIMARY KEY (post, file)
) STRICT, WITHOUT ROWID;

CREATE INDEX post_files_by_file ON post_files (file);

CREATE TRIGGER files_are_shown AFTER INSERT ON post_files
BEGIN
    UPDATE files SET uses = uses + 1 WHERE number = new.file;
END;

CREATE TRIGGER files_are_left AFTER DELETE ON post_files
BEGIN
    UPDATE files SET uses = uses - 1 WHERE number = old.file;
END;
