package media

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"fmt"

	"go.mau.fi/whatsmeow/proto/waMmsRetry"
	"google.golang.org/protobuf/proto"
)

// A RetryEnvelope is the encrypted part of a media retry: a client's request
// that the phone upload an attachment again, or the phone's answer.
type RetryEnvelope struct {
	Ciphertext []byte
	IV         []byte
}

// OpenRetry decrypts a client's request and returns the message id in it. It
// fails if the request was not sealed with mediaKey for messageID.
func OpenRetry(messageID string, mediaKey []byte, request RetryEnvelope) (string, error) {
	aead, err := retryCipher(mediaKey)
	if err != nil {
		return "", err
	}
	if len(request.IV) != aead.NonceSize() {
		return "", fmt.Errorf("media: a retry IV has %d bytes, got %d", aead.NonceSize(), len(request.IV))
	}
	plaintext, err := aead.Open(nil, request.IV, request.Ciphertext, []byte(messageID))
	if err != nil {
		return "", fmt.Errorf("media: open retry request for %s: %w", messageID, err)
	}
	var receipt waMmsRetry.ServerErrorReceipt
	if err := proto.Unmarshal(plaintext, &receipt); err != nil {
		return "", fmt.Errorf("media: parse retry request for %s: %w", messageID, err)
	}
	return receipt.GetStanzaID(), nil
}

// SealRetry returns the phone's answer: the attachment of messageID is now at
// directPath. An empty directPath means that the phone no longer has the file.
func SealRetry(messageID string, mediaKey []byte, directPath string) (RetryEnvelope, error) {
	answer := &waMmsRetry.MediaRetryNotification{
		StanzaID: proto.String(messageID),
		Result:   waMmsRetry.MediaRetryNotification_NOT_FOUND.Enum(),
	}
	if directPath != "" {
		answer.DirectPath = proto.String(directPath)
		answer.Result = waMmsRetry.MediaRetryNotification_SUCCESS.Enum()
	}
	plaintext, err := proto.Marshal(answer)
	if err != nil {
		return RetryEnvelope{}, fmt.Errorf("media: encode retry answer: %w", err)
	}
	aead, err := retryCipher(mediaKey)
	if err != nil {
		return RetryEnvelope{}, err
	}
	iv := make([]byte, aead.NonceSize())
	if _, err := rand.Read(iv); err != nil {
		return RetryEnvelope{}, fmt.Errorf("media: read random IV: %w", err)
	}
	return RetryEnvelope{Ciphertext: aead.Seal(nil, iv, plaintext, []byte(messageID)), IV: iv}, nil
}

func retryCipher(mediaKey []byte) (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, mediaKey, nil, "WhatsApp Media Retry Notification", 32)
	if err != nil {
		return nil, fmt.Errorf("media: derive retry key: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("media: create retry cipher: %w", err)
	}
	return cipher.NewGCM(block)
}
