package simulator

import (
	"context"
	"fmt"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"

	"github.com/wasession/wasession/test/simulator/media"
	"github.com/wasession/wasession/test/simulator/stanza"
)

// retryNotOnPhone is the error code for a file that the phone does not have
// either.
const retryNotOnPhone = 2

// uploadAgain serves a client that got 404 or 410 for an attachment or a chunk
// of history: the phone uploads the file again and sends its new location.
func (f *features) uploadAgain(_ context.Context, c *Companion, receipt waBinary.Node) {
	id := jidText(receipt.Attrs["id"])
	ciphertext, _ := receipt.GetChildByTag("encrypt", "enc_p").Content.([]byte)
	iv, _ := receipt.GetChildByTag("encrypt", "enc_iv").Content.([]byte)
	request := media.RetryEnvelope{Ciphertext: ciphertext, IV: iv}
	rmr, ofMessage := receipt.GetOptionalChildByTag("rmr")
	c.user.worker.post(func(ctx context.Context) {
		var err error
		if ofMessage {
			err = f.retryAttachment(c, id, rmr, request)
		} else {
			err = f.retryHistory(ctx, c, id, request)
		}
		if err != nil {
			f.srv.log.Warn("Media retry failed", "phone", c.user.pn, "message", id, "error", err)
		}
	})
}

// retryAttachment answers for the attachment of a message.
func (f *features) retryAttachment(c *Companion, id string, rmr waBinary.Node, request media.RetryEnvelope) error {
	answer := stanza.Node("error", waBinary.Attrs{"code": retryNotOnPhone}, nil)
	chat, _ := rmr.Attrs["jid"].(types.JID)
	found := attachmentOf(c.user.findMessage(chat, id))
	if len(found.key) > 0 {
		if _, err := media.OpenRetry(id, found.key, request); err != nil {
			return err
		}
		if path, ok := f.media.Store.Renew(found.path); ok {
			sealed, err := media.SealRetry(id, found.key, path)
			if err != nil {
				return err
			}
			answer = stanza.Node("encrypt", nil, []waBinary.Node{
				stanza.Node("enc_p", nil, sealed.Ciphertext), stanza.Node("enc_iv", nil, sealed.IV),
			})
		}
	}
	c.deliver(stanza.Notification(id, "mediaretry", c.user.pn, time.Now(), answer, stanza.Node("rmr", rmr.Attrs, nil)))
	return nil
}

// retryHistory uploads a chunk of history again and sends a new announcement.
func (f *features) retryHistory(ctx context.Context, c *Companion, id string, request media.RetryEnvelope) error {
	announced := c.user.sentMessage(id)
	found := attachmentOf(announced)
	if len(found.key) == 0 {
		return fmt.Errorf("the phone did not announce history with this message")
	}
	if _, err := media.OpenRetry(id, found.key, request); err != nil {
		return err
	}
	path, ok := f.media.Store.Renew(found.path)
	if !ok {
		return fmt.Errorf("the phone does not have the chunk any more")
	}
	again := announced.GetProtocolMessage()
	again.HistorySyncNotification.DirectPath = proto.String(path)
	again.HistorySyncNotification.OriginalMessageID = proto.String(id)
	_, err := c.SendPeer(ctx, again)
	return err
}

// findMessage looks for a message in everything that the phone keeps; nil if
// there is none.
func (u *User) findMessage(chat types.JID, id string) *waE2E.Message {
	if r, ok := u.inboxMessage(id); ok {
		return r.Message
	}
	if msg := u.sentMessage(id); msg != nil {
		return msg
	}
	source := u.History()
	if source == nil {
		return nil
	}
	known, _ := source.Lookup(chat)
	for _, message := range known.Messages {
		if message.ID == id {
			return message.Body
		}
	}
	return nil
}

// sentMessage returns a message that the phone itself sent, or nil.
func (u *User) sentMessage(id string) *waE2E.Message {
	u.mu.Lock()
	sent := u.sent[id]
	u.mu.Unlock()
	if sent == nil {
		return nil
	}
	msg := &waE2E.Message{}
	if err := proto.Unmarshal(sent.plain, msg); err != nil {
		return nil
	}
	return msg
}
