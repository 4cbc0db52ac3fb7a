package simulator

import (
	"context"
	"crypto/sha256"
	"fmt"

	"go.mau.fi/whatsmeow/proto/waE2E"

	"github.com/wasession/wasession/test/simulator/history"
	"github.com/wasession/wasession/test/simulator/media"
)

// mediaSpillSize is the size in bytes from which a blob goes to
// Options.MediaDir.
const mediaSpillSize = 64 << 10

// Media returns the media service: its blobs, counters and faults.
func (s *Server) Media() *media.Service { return s.features.media }

// Upload encrypts content and stores it in the media service.
func (s *Server) Upload(kind media.Kind, mimetype string, content []byte) (history.File, error) {
	sealed, err := media.Encrypt(kind, content)
	if err != nil {
		return history.File{}, err
	}
	path, err := s.features.media.Store.Put(kind, sealed.Blob)
	if err != nil {
		return history.File{}, err
	}
	return history.File{
		DirectPath: path, Key: sealed.Key, SHA256: sealed.SHA256, EncSHA256: sealed.EncSHA256,
		Length: sealed.Length, Mimetype: mimetype,
	}, nil
}

// UploadPlain stores content as it is, which is how files of newsletters are.
func (s *Server) UploadPlain(kind media.Kind, mimetype string, content []byte) (history.File, error) {
	path, err := s.features.media.Store.Put(kind, content)
	if err != nil {
		return history.File{}, err
	}
	sum := sha256.Sum256(content)
	return history.File{DirectPath: path, SHA256: sum[:], Length: uint64(len(content)), Mimetype: mimetype}, nil
}

// SendImage sends a JPEG picture with a caption from the phone.
func (u *User) SendImage(ctx context.Context, to *User, jpeg []byte, caption string, opts ...SendOption) (string, error) {
	file, err := u.srv.Upload(media.Image, "image/jpeg", jpeg)
	if err != nil {
		return "", err
	}
	return u.Send(ctx, to, history.Image(file, caption), opts...)
}

// SendVideo sends an MP4 clip with a caption from the phone.
func (u *User) SendVideo(ctx context.Context, to *User, mp4 []byte, caption string, opts ...SendOption) (string, error) {
	file, err := u.srv.Upload(media.Video, "video/mp4", mp4)
	if err != nil {
		return "", err
	}
	return u.Send(ctx, to, history.Video(file, caption, 5), opts...)
}

// SendAudio sends an Ogg recording from the phone, as a voice message if voice is set.
func (u *User) SendAudio(ctx context.Context, to *User, ogg []byte, seconds uint32, voice bool, opts ...SendOption) (string, error) {
	file, err := u.srv.Upload(media.Audio, "audio/ogg; codecs=opus", ogg)
	if err != nil {
		return "", err
	}
	return u.Send(ctx, to, history.Audio(file, seconds, voice), opts...)
}

// SendDocument sends a file with a name and type from the phone.
func (u *User) SendDocument(ctx context.Context, to *User, content []byte, name, mimetype string, opts ...SendOption) (string, error) {
	file, err := u.srv.Upload(media.Document, mimetype, content)
	if err != nil {
		return "", err
	}
	return u.Send(ctx, to, history.Document(file, name, ""), opts...)
}

// Download decrypts the attachment of a message that reached a phone, like the
// phone.
func (s *Server) Download(msg *waE2E.Message) ([]byte, error) {
	found := attachmentOf(msg)
	if found.path == "" {
		return nil, fmt.Errorf("the message has no attachment")
	}
	blob, err := s.features.media.Store.Get(found.path)
	if err != nil {
		return nil, err
	}
	if found.key == nil {
		return blob, nil // of a newsletter
	}
	return media.Decrypt(found.kind, found.key, blob)
}

// attachment is the location of a message's file, and the key to open it.
type attachment struct {
	kind media.Kind
	path string
	key  []byte
}

func attachmentOf(msg *waE2E.Message) attachment {
	switch {
	case msg.GetImageMessage() != nil:
		m := msg.GetImageMessage()
		return attachment{media.Image, m.GetDirectPath(), m.GetMediaKey()}
	case msg.GetStickerMessage() != nil:
		m := msg.GetStickerMessage()
		return attachment{media.Image, m.GetDirectPath(), m.GetMediaKey()}
	case msg.GetVideoMessage() != nil:
		m := msg.GetVideoMessage()
		return attachment{media.Video, m.GetDirectPath(), m.GetMediaKey()}
	case msg.GetAudioMessage() != nil:
		m := msg.GetAudioMessage()
		return attachment{media.Audio, m.GetDirectPath(), m.GetMediaKey()}
	case msg.GetDocumentMessage() != nil:
		m := msg.GetDocumentMessage()
		return attachment{media.Document, m.GetDirectPath(), m.GetMediaKey()}
	case msg.GetProtocolMessage().GetHistorySyncNotification() != nil:
		m := msg.GetProtocolMessage().GetHistorySyncNotification()
		return attachment{media.History, m.GetDirectPath(), m.GetMediaKey()}
	default:
		return attachment{}
	}
}
