package noise_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"go.mau.fi/libsignal/ecc"
	"go.mau.fi/whatsmeow/proto/waCert"
	"go.mau.fi/whatsmeow/proto/waWa6"
	"go.mau.fi/whatsmeow/socket"
	"go.mau.fi/whatsmeow/util/keys"
	"google.golang.org/protobuf/proto"

	"github.com/wasession/wasession/test/simulator/noise"
)

var prologue = socket.WAConnHeader

// initiator is whatsmeow's half of the handshake, step by step.
type initiator struct {
	t         *testing.T
	nh        *socket.NoiseHandshake
	ephemeral *keys.KeyPair
	static    *keys.KeyPair
}

func newInitiator(t *testing.T) *initiator {
	i := &initiator{t: t, nh: socket.NewNoiseHandshake(), ephemeral: keys.NewKeyPair(), static: keys.NewKeyPair()}
	i.nh.Start(socket.NoiseStartPattern, prologue)
	return i
}

func (i *initiator) ok(err error) {
	i.t.Helper()
	if err != nil {
		i.t.Fatal(err)
	}
}

func (i *initiator) hello() []byte {
	i.nh.Authenticate(i.ephemeral.Pub[:])
	raw, err := proto.Marshal(&waWa6.HandshakeMessage{ClientHello: &waWa6.HandshakeMessage_ClientHello{Ephemeral: i.ephemeral.Pub[:]}})
	i.ok(err)
	return raw
}

// finish takes the server's hello and returns the certificate chain in it and
// the client's last message.
func (i *initiator) finish(hello []byte, payload *waWa6.ClientPayload) (chain, finish []byte) {
	var msg waWa6.HandshakeMessage
	i.ok(proto.Unmarshal(hello, &msg))
	ephemeral := [32]byte(msg.GetServerHello().GetEphemeral())
	i.nh.Authenticate(ephemeral[:])
	i.ok(i.nh.MixSharedSecretIntoKey(*i.ephemeral.Priv, ephemeral))
	static, err := i.nh.Decrypt(msg.GetServerHello().GetStatic())
	i.ok(err)
	i.ok(i.nh.MixSharedSecretIntoKey(*i.ephemeral.Priv, [32]byte(static)))
	chain, err = i.nh.Decrypt(msg.GetServerHello().GetPayload())
	i.ok(err)
	sealed := i.nh.Encrypt(i.static.Pub[:])
	i.ok(i.nh.MixSharedSecretIntoKey(*i.static.Priv, ephemeral))
	raw, err := proto.Marshal(payload)
	i.ok(err)
	finish, err = proto.Marshal(&waWa6.HandshakeMessage{ClientFinish: &waWa6.HandshakeMessage_ClientFinish{
		Static: sealed, Payload: i.nh.Encrypt(raw),
	}})
	i.ok(err)
	return chain, finish
}

func TestHandshakeWithWhatsmeowsHalf(t *testing.T) {
	client := newInitiator(t)
	server, err := noise.NewHandshake(noise.DeriveKeys([]byte("seed")), prologue)
	client.ok(err)
	hello, err := server.Hello(client.hello(), time.Now())
	client.ok(err)
	_, finish := client.finish(hello, &waWa6.ClientPayload{Username: proto.Uint64(15550001111)})
	done, err := server.Finish(finish)
	client.ok(err)
	if done.ClientStatic != *client.static.Pub {
		t.Error("the server mistook another key for the client's")
	}
	if done.Payload.GetUsername() != 15550001111 {
		t.Errorf("payload: %v", done.Payload)
	}
}

func TestHandshakeRefusesWhatIsNoHandshake(t *testing.T) {
	for name, frame := range map[string][]byte{
		"empty": {}, "garbage": []byte("\xff\xff\xff"), "hello without a key": mustMarshal(t, &waWa6.HandshakeMessage{ClientHello: &waWa6.HandshakeMessage_ClientHello{}}),
	} {
		server, err := noise.NewHandshake(noise.DeriveKeys(nil), prologue)
		if err != nil {
			t.Fatal(err)
		}
		if _, err = server.Hello(frame, time.Now()); err == nil {
			t.Errorf("%s was accepted as a hello", name)
		}
	}
}

func TestHandshakeRefusesADamagedFinish(t *testing.T) {
	client := newInitiator(t)
	server, err := noise.NewHandshake(noise.DeriveKeys(nil), prologue)
	client.ok(err)
	hello, err := server.Hello(client.hello(), time.Now())
	client.ok(err)
	_, finish := client.finish(hello, &waWa6.ClientPayload{})
	finish[len(finish)-1] ^= 1
	if _, err = server.Finish(finish); err == nil {
		t.Error("a damaged payload was accepted")
	}
}

func mustMarshal(t *testing.T, m proto.Message) []byte {
	t.Helper()
	raw, err := proto.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestCertificateChain(t *testing.T) {
	k := noise.DeriveKeys([]byte("seed"))
	now := time.Unix(1700000000, 0)
	raw, err := k.Chain(now)
	if err != nil {
		t.Fatal(err)
	}
	var chain waCert.CertChain
	if err = proto.Unmarshal(raw, &chain); err != nil {
		t.Fatal(err)
	}
	var intermediate, leaf waCert.CertChain_NoiseCertificate_Details
	for _, each := range []struct {
		cert   *waCert.CertChain_NoiseCertificate
		into   *waCert.CertChain_NoiseCertificate_Details
		issuer func() [32]byte
	}{
		{chain.GetIntermediate(), &intermediate, func() [32]byte { return *k.Root.Pub }},
		{chain.GetLeaf(), &leaf, func() [32]byte { return [32]byte(intermediate.GetKey()) }},
	} {
		if err = proto.Unmarshal(each.cert.GetDetails(), each.into); err != nil {
			t.Fatal(err)
		}
		if !ecc.VerifySignature(ecc.NewDjbECPublicKey(each.issuer()), each.cert.GetDetails(), [64]byte(each.cert.GetSignature())) {
			t.Errorf("certificate %d has a wrong signature", each.into.GetSerial())
		}
		if each.into.GetNotBefore() >= uint64(now.Unix()) || each.into.GetNotAfter() <= uint64(now.Unix()) {
			t.Errorf("certificate %d is not valid now", each.into.GetSerial())
		}
	}
	if intermediate.GetIssuerSerial() != 0 || leaf.GetIssuerSerial() != intermediate.GetSerial() {
		t.Error("the serials do not make a chain")
	}
	if !bytes.Equal(leaf.GetKey(), k.Static.Pub[:]) {
		t.Error("the leaf is not for the server's key")
	}
}

func TestKeysDependOnTheSeedOnly(t *testing.T) {
	a, b, other := noise.DeriveKeys([]byte("a")), noise.DeriveKeys([]byte("a")), noise.DeriveKeys([]byte("b"))
	if *a.Root.Pub != *b.Root.Pub || *a.Static.Pub != *b.Static.Pub {
		t.Error("the same seed gave different keys")
	}
	if *a.Root.Pub == *other.Root.Pub || *a.Root.Pub == *a.Static.Pub {
		t.Error("different keys are the same")
	}
}

func TestFrames(t *testing.T) {
	one, err := noise.Frame([]byte("one"))
	if err != nil {
		t.Fatal(err)
	}
	two, err := noise.Frame(bytes.Repeat([]byte("2"), 70000))
	if err != nil {
		t.Fatal(err)
	}
	stream := append(append([]byte("WA\x06\x03"), one...), two...)
	for _, size := range []int{1, 2, 3, 5, 7, 1000, len(stream)} {
		var frames noise.Frames
		var got [][]byte
		for rest := stream; len(rest) > 0; {
			n := min(size, len(rest))
			more, err := frames.Add(rest[:n])
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, more...)
			rest = rest[n:]
		}
		if len(got) != 2 || string(got[0]) != "one" || len(got[1]) != 70000 {
			t.Errorf("in pieces of %d: %d frames", size, len(got))
		}
		if !bytes.Equal(frames.Prologue(), []byte("WA\x06\x03")) {
			t.Errorf("prologue %q", frames.Prologue())
		}
	}
}

func TestFramesRefuseOthers(t *testing.T) {
	var frames noise.Frames
	if _, err := frames.Add([]byte("GET / HTTP/1.1")); !errors.Is(err, noise.ErrNotWhatsApp) {
		t.Errorf("got %v", err)
	}
	for _, other := range []string{"WA\x06\x02", "WA\x06\x04"} {
		var frames noise.Frames
		if _, err := frames.Add([]byte(other)); !errors.Is(err, noise.ErrDictionary) {
			t.Errorf("%q: got %v", other, err)
		}
	}
	if _, err := noise.Frame(make([]byte, noise.MaxFrame)); err == nil {
		t.Error("a frame that is too large was made")
	}
}
