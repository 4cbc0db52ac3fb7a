package chat

// StoreStats are the sizes of the database's files in bytes.
type StoreStats struct {
	Database, WAL int64
}
