package cluster

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"

	"k8s.io/client-go/rest"
)

// maxObject is the longest answer that Object reads, in bytes.
const maxObject = 8 << 20

// Object reads what the API server has at a path, such as an object or a list of them, as
// it is: fields that this version does not know too.
func (c *Cluster) Object(ctx context.Context, path string, query url.Values) (map[string]any, error) {
	text, err := read(ctx, c.request(path, query), maxObject)
	if err != nil {
		return nil, err
	}
	if len(text) > maxObject {
		return nil, fmt.Errorf("the answer is longer than %d bytes", maxObject)
	}
	var object map[string]any
	return object, json.Unmarshal(text, &object)
}

// Text reads the end of a text that the API server has at a path, such as a log: at most
// so many bytes.
func (c *Cluster) Text(ctx context.Context, path string, query url.Values, most int) (string, error) {
	text, err := read(ctx, c.request(path, query), maxObject)
	if len(text) > most {
		text = text[len(text)-most:]
	}
	return string(text), err
}

func (c *Cluster) request(path string, query url.Values) *rest.Request {
	request := c.core.Get().AbsPath(path)
	for name, values := range query {
		for _, value := range values {
			request = request.Param(name, value)
		}
	}
	return request
}

// read reads an answer, and one byte more than the limit if it is longer.
func read(ctx context.Context, request *rest.Request, limit int64) ([]byte, error) {
	stream, err := request.Stream(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = stream.Close() }()
	return io.ReadAll(io.LimitReader(stream, limit+1))
}
