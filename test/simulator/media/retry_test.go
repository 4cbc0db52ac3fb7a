package media

import (
	"bytes"
	"testing"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waMmsRetry"
	"go.mau.fi/whatsmeow/types/events"
	"go.mau.fi/whatsmeow/util/gcmutil"
	"go.mau.fi/whatsmeow/util/hkdfutil"
	"google.golang.org/protobuf/proto"
)

var retryMediaKey = bytes.Repeat([]byte{5}, 32)

// clientRequest seals a request like a client.
func clientRequest(t *testing.T, messageID string) RetryEnvelope {
	t.Helper()
	plaintext, err := proto.Marshal(&waMmsRetry.ServerErrorReceipt{StanzaID: proto.String(messageID)})
	if err != nil {
		t.Fatal(err)
	}
	iv := bytes.Repeat([]byte{1}, 12)
	key := hkdfutil.SHA256(retryMediaKey, nil, []byte("WhatsApp Media Retry Notification"), 32)
	sealed, err := gcmutil.Encrypt(key, iv, plaintext, []byte(messageID))
	if err != nil {
		t.Fatal(err)
	}
	return RetryEnvelope{Ciphertext: sealed, IV: iv}
}

func TestOpenRetryReadsAClientsRequest(t *testing.T) {
	id, err := OpenRetry("3EB0AA", retryMediaKey, clientRequest(t, "3EB0AA"))
	if err != nil || id != "3EB0AA" {
		t.Fatalf("OpenRetry = %q, %v", id, err)
	}
}

func TestOpenRetryRefusesOtherMessagesAndKeys(t *testing.T) {
	request := clientRequest(t, "3EB0AA")
	if _, err := OpenRetry("3EB0BB", retryMediaKey, request); err == nil {
		t.Error("a request for another message was accepted")
	}
	if _, err := OpenRetry("3EB0AA", bytes.Repeat([]byte{6}, 32), request); err == nil {
		t.Error("a request with another key was accepted")
	}
	if _, err := OpenRetry("3EB0AA", retryMediaKey, RetryEnvelope{Ciphertext: request.Ciphertext}); err == nil {
		t.Error("a request without IV was accepted")
	}
}

func TestWhatsmeowReadsTheAnswer(t *testing.T) {
	for _, test := range []struct {
		path string
		want waMmsRetry.MediaRetryNotification_ResultType
	}{
		{"/v/image/abc?x=1", waMmsRetry.MediaRetryNotification_SUCCESS},
		{"", waMmsRetry.MediaRetryNotification_NOT_FOUND},
	} {
		answer, err := SealRetry("3EB0AA", retryMediaKey, test.path)
		if err != nil {
			t.Fatal(err)
		}
		got, err := whatsmeow.DecryptMediaRetryNotification(&events.MediaRetry{
			MessageID: "3EB0AA", Ciphertext: answer.Ciphertext, IV: answer.IV,
		}, retryMediaKey)
		if err != nil {
			t.Fatalf("a client cannot read the answer: %v", err)
		}
		if got.GetResult() != test.want || got.GetDirectPath() != test.path || got.GetStanzaID() != "3EB0AA" {
			t.Errorf("a client reads %v", got)
		}
	}
}
