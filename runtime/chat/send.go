package chat

// SendKey is a request to send that came with a key of the client's choice, by
// which its repetition is known.
type SendKey struct {
	Key string
	// Fingerprint identifies the request: a key is for one request only.
	Fingerprint string
	// Stanza is the id under which the request's message goes out.
	Stanza string
	// Status and Answer are the response to the request; Status is 0 until there is one.
	Status int
	Answer []byte
}
