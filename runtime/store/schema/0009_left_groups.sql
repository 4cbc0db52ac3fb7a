-- A group that the account has left is kept for its name, which the chat shows.
ALTER TABLE groups ADD COLUMN gone INTEGER NOT NULL DEFAULT 0;
