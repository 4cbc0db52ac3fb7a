-- An event of a message refers to the message's row and is encoded when it is
-- read. chat, participant and ack are as they were when it happened; the rest of
-- the row does not change before the event has been given a payload of its own.
-- An event with a message has an empty payload.
ALTER TABLE outbox ADD COLUMN message INTEGER;     -- messages.pk
ALTER TABLE outbox ADD COLUMN chat INTEGER;        -- ids.pk
ALTER TABLE outbox ADD COLUMN participant INTEGER; -- ids.pk, 0 in direct chats
ALTER TABLE outbox ADD COLUMN ack INTEGER;
CREATE INDEX outbox_by_message ON outbox (message) WHERE message IS NOT NULL;

ALTER TABLE dead_letters ADD COLUMN message INTEGER;
ALTER TABLE dead_letters ADD COLUMN chat INTEGER;
ALTER TABLE dead_letters ADD COLUMN participant INTEGER;
ALTER TABLE dead_letters ADD COLUMN ack INTEGER;
CREATE INDEX dead_letters_by_message ON dead_letters (message) WHERE message IS NOT NULL;
CREATE INDEX dead_letters_by_age ON dead_letters (failed_at_ms);

-- Where raw holds body at an offset, it is stored without it.
ALTER TABLE messages ADD COLUMN body_at INTEGER;
