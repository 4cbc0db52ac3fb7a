-- Requests to send that came with a key of their own, by which a repetition is
-- known. An answer is there once the request has come to its end.
CREATE TABLE sends (
    key         TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL, -- of the request: a key is for one request only
    stanza      TEXT NOT NULL, -- the id under which its message goes out
    status      INTEGER NOT NULL DEFAULT 0, -- 0: no answer yet
    answer      BLOB NOT NULL DEFAULT x'',
    at          INTEGER NOT NULL
) STRICT;
CREATE INDEX sends_by_age ON sends (at);

-- What else groups say about joining them; NULL is not known.
ALTER TABLE groups ADD COLUMN members_add INTEGER;
ALTER TABLE groups ADD COLUMN approval INTEGER;
