-- What a message changes of its chat is in as few indexes as can be: each one that
-- is touched is a page written.

-- 1 where unread > 0 or marked_unread is 1, so that the index of those changes
-- with the first message and not with each.
ALTER TABLE chats ADD COLUMN waiting INTEGER NOT NULL DEFAULT 0;
-- 1 where a LID's chat is merged into this one, or this one is such. Only these
-- have apart, own_ts, own_last and own_conv_ts kept: what arrives under a chat's
-- very id is all there is of the others.
ALTER TABLE chats ADD COLUMN twinned INTEGER NOT NULL DEFAULT 0;

UPDATE chats SET
    waiting = unread > 0 OR COALESCE(marked_unread, 0) = 1,
    twinned = merged_into IS NOT NULL OR EXISTS (SELECT 1 FROM chats l WHERE l.merged_into = chats.pk),
    -- from now on the time where it is later than ts, else 0; and so own_conv_ts
    conv_ts = CASE WHEN conv_ts > ts THEN conv_ts ELSE 0 END;
UPDATE chats SET apart = 0 WHERE twinned = 0;
UPDATE chats SET own_conv_ts = 0 WHERE own_conv_ts <= own_ts;

DROP INDEX chats_by_ts;
DROP INDEX chats_by_conv;
DROP INDEX chats_by_name;
DROP INDEX chats_by_id;
DROP INDEX chats_apart_by_ts;
DROP INDEX chats_apart_by_conv;
DROP INDEX chats_unread;
-- twinned and conv_ts at the end are what lists skip rows by (see chatsQuery).
CREATE INDEX chats_by_ts ON chats (ts DESC, id, twinned, conv_ts) WHERE listed = 1;
CREATE INDEX chats_by_conv ON chats (conv_ts DESC, id, twinned) WHERE listed = 1 AND conv_ts > 0;
CREATE INDEX chats_by_name ON chats (name_key, id, twinned) WHERE listed = 1;
CREATE INDEX chats_by_id ON chats (id, twinned) WHERE listed = 1;
CREATE INDEX chats_apart_by_ts ON chats (own_ts DESC, id, own_conv_ts) WHERE apart = 1;
CREATE INDEX chats_apart_by_conv ON chats (own_conv_ts DESC, id) WHERE apart = 1 AND own_conv_ts > 0;
CREATE INDEX chats_unread ON chats (pk) WHERE listed = 1 AND waiting = 1;

-- 1: not in the indexes below yet, which only filters need. They take what has
-- arrived a few hundred messages at a time (see catchUp).
ALTER TABLE messages ADD COLUMN late INTEGER NOT NULL DEFAULT 0;
DROP INDEX messages_by_chat_state;
DROP INDEX messages_by_state;
CREATE INDEX messages_by_chat_state ON messages (chat, via_lid, from_me, ack, ts) WHERE late = 0;
CREATE INDEX messages_by_state ON messages (from_me, ack, ts) WHERE late = 0;
