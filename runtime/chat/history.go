package chat

// HistoryChat is one conversation of a history sync: what WhatsApp knows of the
// chat, and some of its messages.
type HistoryChat struct {
	// Chat is the conversation. Its ID is the one it came with; Name is the
	// name the phone shows. Timestamp, LastMessage and Picture are not read.
	Chat Chat
	// Messages belong to the chat, oldest first: among messages of the same
	// second this order is kept. Their Chat and Arrived may be empty.
	Messages []Message
}

// HistoryJob is a part of the history that waits to be fetched and imported.
type HistoryJob struct {
	ID int64
	// Stanza is the id of the message that announced it, Notice the engine's
	// own form of the notification.
	Stanza string
	Notice []byte
	// Progress is what was last saved with SaveHistoryProgress, 0 at first:
	// the number of conversations already imported.
	Progress int
	// Attempts counts failures so far, LastError is the last one's text.
	Attempts  int
	LastError string
}

// HistoryCounts counts the parts of the history by how far they are.
type HistoryCounts struct {
	// Pending counts waiting and running jobs, Failed those that were given up.
	Pending, Imported, Failed int
}
