package simulator_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/proto/waMmsRetry"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	"google.golang.org/protobuf/proto"

	"github.com/wasession/wasession/test/simulator"
	"github.com/wasession/wasession/test/simulator/history"
	"github.com/wasession/wasession/test/simulator/media"
	"github.com/wasession/wasession/test/simulator/simclient"
)

var picture = bytes.Repeat([]byte("jpeg "), 20_000)

func TestTheClientDownloadsWhatContactsSend(t *testing.T) {
	s := newStage(t, nil).link()
	for name, send := range map[string]func() (string, error){
		"image": func() (string, error) { return s.bob.SendImage(s.ctx, s.alice, picture, "look") },
		"video": func() (string, error) { return s.bob.SendVideo(s.ctx, s.alice, picture, "look") },
		"audio": func() (string, error) { return s.bob.SendAudio(s.ctx, s.alice, picture, 7, true) },
		"document": func() (string, error) {
			return s.bob.SendDocument(s.ctx, s.alice, picture, "offer.pdf", "application/pdf")
		},
	} {
		id, err := send()
		s.must(err)
		event := wait(s, s.client, simclient.HasID(id))
		content, err := s.client.DownloadAny(s.ctx, event.Message)
		if err != nil || !bytes.Equal(content, picture) {
			t.Errorf("%s: downloaded %d bytes, %v", name, len(content), err)
		}
		if event.Info.MediaType == "" {
			t.Errorf("%s: the stanza does not say what it carries", name)
		}
	}
}

func TestThePhoneDownloadsWhatTheClientSends(t *testing.T) {
	s := newStage(t, nil).link()
	uploaded, err := s.client.Upload(s.ctx, picture, whatsmeow.MediaImage)
	s.must(err)
	_, err = s.client.SendMessage(s.ctx, s.bob.PN(), &waE2E.Message{ImageMessage: &waE2E.ImageMessage{
		Caption: proto.String("from the client"), Mimetype: proto.String("image/jpeg"),
		URL: &uploaded.URL, DirectPath: &uploaded.DirectPath, MediaKey: uploaded.MediaKey,
		FileSHA256: uploaded.FileSHA256, FileEncSHA256: uploaded.FileEncSHA256, FileLength: &uploaded.FileLength,
	}})
	s.must(err)
	got, err := s.bob.Expect(s.ctx, func(r simulator.Received) bool { return r.Text() == "from the client" })
	s.must(err)
	content, err := s.srv.Download(got.Message)
	if err != nil || !bytes.Equal(content, picture) {
		t.Errorf("the phone downloaded %d bytes, %v", len(content), err)
	}
	if _, err := s.srv.Download(simulator.TextMessage("no file")); err == nil {
		t.Error("downloaded the attachment of a text")
	}
}

func TestExpiredMediaIsUploadedAgainByThePhone(t *testing.T) {
	s := newStage(t, nil).link()
	id, err := s.bob.SendImage(s.ctx, s.alice, picture, "old")
	s.must(err)
	event := wait(s, s.client, simclient.HasID(id))
	s.retryMedia(event.Info, event.Message.GetImageMessage(), picture)
}

func TestExpiredMediaOfTheHistoryIsUploadedAgain(t *testing.T) {
	s := newStage(t, nil)
	file, err := s.srv.Upload(media.Image, "image/jpeg", picture)
	s.must(err)
	chat := s.bobsChat(1)
	chat.Messages[0].Body = history.Image(file, "from the past")
	s.must(s.alice.SetHistory(s.ctx, history.Chats{Chats: []history.Chat{chat}}))
	s.link()
	info := types.MessageInfo{ID: "M0", MessageSource: types.MessageSource{Chat: s.bob.LID(), Sender: s.bob.LID()}}
	s.retryMedia(info, chat.Messages[0].Body.GetImageMessage(), picture)
}

// retryMedia lets an attachment expire and gets it back like a client.
func (s *stage) retryMedia(info types.MessageInfo, image *waE2E.ImageMessage, want []byte) {
	s.t.Helper()
	if !s.srv.Media().Store.Expire(image.GetDirectPath()) {
		s.t.Fatal("there is nothing to expire")
	}
	if _, err := s.client.Download(s.ctx, image); !errors.Is(err, whatsmeow.ErrMediaDownloadFailedWith410) {
		s.t.Fatalf("downloading expired media: %v", err)
	}
	s.must(s.client.SendMediaRetryReceipt(s.ctx, &info, image.GetMediaKey()))
	event := wait(s, s.client, func(e *events.MediaRetry) bool { return e.MessageID == info.ID })
	answer, err := whatsmeow.DecryptMediaRetryNotification(event, image.GetMediaKey())
	s.must(err)
	if answer.GetResult() != waMmsRetry.MediaRetryNotification_SUCCESS {
		s.t.Fatalf("the phone answered %v", answer)
	}
	image = proto.CloneOf(image)
	image.DirectPath = answer.DirectPath
	if content, err := s.client.Download(s.ctx, image); err != nil || !bytes.Equal(content, want) {
		s.t.Errorf("downloaded %d bytes, %v", len(content), err)
	}
}

func TestThePhoneSaysWhatItDoesNotHave(t *testing.T) {
	s := newStage(t, nil).link()
	info := &types.MessageInfo{ID: "3EB0FF", MessageSource: types.MessageSource{Chat: s.bob.LID()}}
	s.must(s.client.SendMediaRetryReceipt(s.ctx, info, bytes.Repeat([]byte{1}, 32)))
	event := wait(s, s.client, func(e *events.MediaRetry) bool { return e.MessageID == "3EB0FF" })
	if _, err := whatsmeow.DecryptMediaRetryNotification(event, nil); !errors.Is(err, whatsmeow.ErrMediaNotAvailableOnPhone) {
		t.Errorf("got %v", err)
	}
}

func TestFaultsOfTheMediaService(t *testing.T) {
	s := newStage(t, nil).link()
	s.srv.Media().Faults.Add(media.Fault{Method: "POST", PathPrefix: "/mms/image", Status: 500, Times: 1})
	if _, err := s.client.Upload(s.ctx, picture, whatsmeow.MediaImage); err == nil {
		t.Error("an upload that failed was reported as done")
	}
	if _, err := s.client.Upload(s.ctx, picture, whatsmeow.MediaImage); err != nil {
		t.Errorf("the fault lasted longer than one request: %v", err)
	}
	id, err := s.bob.SendImage(s.ctx, s.alice, picture, "slow")
	s.must(err)
	event := wait(s, s.client, simclient.HasID(id))
	s.srv.Media().Faults.Add(media.Fault{Method: "GET", Status: 503, RetryAfter: time.Second, Times: 1})
	if content, err := s.client.DownloadAny(s.ctx, event.Message); err != nil || len(content) != len(picture) {
		t.Errorf("the client did not try again: %d bytes, %v", len(content), err)
	}
}

func TestLargeAttachmentsGoToTheMediaFolder(t *testing.T) {
	srv, err := simulator.New(simulator.Options{MediaDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	file, err := srv.Upload(media.Document, "application/pdf", picture)
	if err != nil {
		t.Fatal(err)
	}
	content, err := srv.Download(history.Document(file, "offer.pdf", ""))
	if err != nil || !bytes.Equal(content, picture) {
		t.Errorf("%d bytes, %v", len(content), err)
	}
}
