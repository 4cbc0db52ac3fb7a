package media

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"testing"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/util/cbcutil"
	"go.mau.fi/whatsmeow/util/hkdfutil"
)

// whatsmeowKinds maps our kinds to whatsmeow's, as an independent
// implementation.
var whatsmeowKinds = map[Kind]whatsmeow.MediaType{
	Image: whatsmeow.MediaImage, Video: whatsmeow.MediaVideo, Audio: whatsmeow.MediaAudio,
	Document: whatsmeow.MediaDocument, History: whatsmeow.MediaHistory, AppState: whatsmeow.MediaAppState,
}

func TestWhatsmeowOpensWhatEncryptSeals(t *testing.T) {
	for kind, mediaType := range whatsmeowKinds {
		for _, size := range []int{0, 1, 15, 16, 17, 4096} {
			plaintext := bytes.Repeat([]byte{7}, size)
			sealed, err := Encrypt(kind, plaintext)
			if err != nil {
				t.Fatalf("%s: Encrypt: %v", kind, err)
			}
			keys := hkdfutil.SHA256(sealed.Key, nil, []byte(mediaType), 112)
			body, sum := sealed.Blob[:len(sealed.Blob)-10], sealed.Blob[len(sealed.Blob)-10:]
			mac := hmac.New(sha256.New, keys[48:80])
			mac.Write(keys[:16])
			mac.Write(body)
			if !hmac.Equal(sum, mac.Sum(nil)[:10]) {
				t.Fatalf("%s, %d bytes: the MAC is not the one a client computes", kind, size)
			}
			opened, err := cbcutil.Decrypt(keys[16:48], keys[:16], bytes.Clone(body))
			if err != nil || !bytes.Equal(opened, plaintext) {
				t.Fatalf("%s, %d bytes: a client reads %d bytes, error %v", kind, size, len(opened), err)
			}
			if plain := sha256.Sum256(plaintext); !bytes.Equal(plain[:], sealed.SHA256) {
				t.Errorf("%s: wrong hash of the plaintext", kind)
			}
			if enc := sha256.Sum256(sealed.Blob); !bytes.Equal(enc[:], sealed.EncSHA256) {
				t.Errorf("%s: wrong hash of the blob", kind)
			}
			if sealed.Length != uint64(size) {
				t.Errorf("%s: length %d, want %d", kind, sealed.Length, size)
			}
		}
	}
}

func TestDecryptOpensWhatEncryptSealsAndKeepsItsInput(t *testing.T) {
	plaintext := []byte("the quarterly figures")
	sealed, err := Encrypt(Document, plaintext)
	if err != nil {
		t.Fatal(err)
	}
	before := bytes.Clone(sealed.Blob)
	opened, err := Decrypt(Document, sealed.Key, sealed.Blob)
	if err != nil || string(opened) != string(plaintext) {
		t.Fatalf("Decrypt = %q, %v", opened, err)
	}
	if !bytes.Equal(before, sealed.Blob) {
		t.Error("Decrypt wrote into the blob it was given")
	}
	if string(plaintext) != "the quarterly figures" {
		t.Error("Encrypt wrote into the plaintext it was given")
	}
}

func TestDecryptRefusesWhatWasNotSealedSo(t *testing.T) {
	sealed, err := Encrypt(Image, []byte("a picture"))
	if err != nil {
		t.Fatal(err)
	}
	damaged := bytes.Clone(sealed.Blob)
	damaged[3] ^= 1
	otherKey := bytes.Clone(sealed.Key)
	otherKey[0] ^= 1
	for name, open := range map[string]func() ([]byte, error){
		"damaged":    func() ([]byte, error) { return Decrypt(Image, sealed.Key, damaged) },
		"other key":  func() ([]byte, error) { return Decrypt(Image, otherKey, sealed.Blob) },
		"other kind": func() ([]byte, error) { return Decrypt(Video, sealed.Key, sealed.Blob) },
		"cut short":  func() ([]byte, error) { return Decrypt(Image, sealed.Key, sealed.Blob[:12]) },
		"uneven":     func() ([]byte, error) { return Decrypt(Image, sealed.Key, sealed.Blob[1:]) },
		"empty":      func() ([]byte, error) { return Decrypt(Image, sealed.Key, nil) },
	} {
		if _, err := open(); !errors.Is(err, ErrCorrupt) {
			t.Errorf("%s: got %v, want ErrCorrupt", name, err)
		}
	}
}

func TestKeysAndKindsAreChecked(t *testing.T) {
	if _, err := EncryptWith(Image, make([]byte, 31), nil); err == nil {
		t.Error("a key of 31 bytes was accepted")
	}
	if _, err := Encrypt("hologram", nil); err == nil {
		t.Error("an unknown kind was accepted")
	}
	if _, err := Decrypt("hologram", make([]byte, 32), make([]byte, 42)); err == nil {
		t.Error("an unknown kind was opened")
	}
}

func TestEncryptWithIsDeterministic(t *testing.T) {
	key := bytes.Repeat([]byte{9}, 32)
	first, err := EncryptWith(History, key, []byte("chunk"))
	if err != nil {
		t.Fatal(err)
	}
	second, err := EncryptWith(History, key, []byte("chunk"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.Blob, second.Blob) {
		t.Error("the same key and plaintext gave different blobs")
	}
}
