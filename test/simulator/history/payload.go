package history

import (
	"bytes"
	"compress/zlib"
	"fmt"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"
)

// Payload encodes and compresses a chunk.
func Payload(chunk Chunk) ([]byte, error) {
	plain, err := proto.Marshal(Build(chunk))
	if err != nil {
		return nil, fmt.Errorf("history: encode chunk %d: %w", chunk.Order, err)
	}
	var out bytes.Buffer
	// Generated text compresses well at any level, and large accounts take
	// long.
	compressor, err := zlib.NewWriterLevel(&out, zlib.BestSpeed)
	if err != nil {
		return nil, fmt.Errorf("history: compress chunk %d: %w", chunk.Order, err)
	}
	if _, err := compressor.Write(plain); err != nil {
		return nil, fmt.Errorf("history: compress chunk %d: %w", chunk.Order, err)
	}
	if err := compressor.Close(); err != nil {
		return nil, fmt.Errorf("history: compress chunk %d: %w", chunk.Order, err)
	}
	return out.Bytes(), nil
}

// Notification returns the phone's message that announces a chunk whose payload
// is in the media service. requestID is the id of the peer message it answers,
// or empty.
func Notification(chunk Chunk, file File, requestID string) *waE2E.Message {
	notification := announce(chunk, requestID)
	notification.DirectPath = proto.String(file.DirectPath)
	notification.MediaKey = file.Key
	notification.FileSHA256 = file.SHA256
	notification.FileEncSHA256 = file.EncSHA256
	notification.FileLength = proto.Uint64(file.Length)
	return wrap(notification)
}

// InlineNotification returns the phone's message that contains the payload
// itself, as phones do for small bootstraps.
func InlineNotification(chunk Chunk, payload []byte) *waE2E.Message {
	notification := announce(chunk, "")
	notification.InitialHistBootstrapInlinePayload = payload
	return wrap(notification)
}

func announce(chunk Chunk, requestID string) *waE2E.HistorySyncNotification {
	notification := &waE2E.HistorySyncNotification{
		SyncType:   waE2E.HistorySyncType(waE2E.HistorySyncType_value[string(chunk.Type)]).Enum(),
		ChunkOrder: proto.Uint32(chunk.Order),
		Progress:   proto.Uint32(chunk.Progress),
	}
	if requestID != "" {
		notification.PeerDataRequestSessionID = proto.String(requestID)
	}
	for _, chat := range chunk.Chats {
		for _, message := range chat.Messages {
			at := message.At.Unix()
			if oldest := notification.OldestMsgInChunkTimestampSec; oldest == nil || at < *oldest {
				notification.OldestMsgInChunkTimestampSec = proto.Int64(at)
			}
		}
	}
	return notification
}

func wrap(notification *waE2E.HistorySyncNotification) *waE2E.Message {
	return &waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{
		Type:                    waE2E.ProtocolMessage_HISTORY_SYNC_NOTIFICATION.Enum(),
		HistorySyncNotification: notification,
	}}
}
