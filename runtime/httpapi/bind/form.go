package bind

import (
	"errors"
	"net/url"
	"strings"
)

// maxDepth limits how deeply a form's names nest.
const maxDepth = 4

var (
	errForm = errors.New("must be a form of names and values")
	errName = errors.New("has names that contradict each other or nest too deeply")
)

// Form reads a URL-encoded form as the JSON object that it stands for: poll[name] is
// a member of poll, and options[] or a repeated name is a list. All values are texts.
func Form(body []byte) (map[string]any, error) {
	fields, err := url.ParseQuery(strings.TrimSpace(string(body)))
	if err != nil {
		return nil, errForm
	}
	object := map[string]any{}
	for name, values := range fields {
		if err := put(object, name, values); err != nil {
			return nil, err
		}
	}
	return object, nil
}

// put adds the values of a name, which may be in brackets, to an object.
func put(object map[string]any, name string, values []string) error {
	path, list, err := split(name)
	if err != nil {
		return err
	}
	for _, part := range path[:len(path)-1] {
		inner, ok := object[part].(map[string]any)
		if object[part] == nil {
			inner, ok = map[string]any{}, true
			object[part] = inner
		}
		if !ok {
			return errName
		}
		object = inner
	}
	last := path[len(path)-1]
	if object[last] != nil {
		return errName
	}
	if len(values) == 1 && !list {
		object[last] = values[0]
		return nil
	}
	members := make([]any, len(values))
	for i, v := range values {
		members[i] = v
	}
	object[last] = members
	return nil
}

// split returns the parts of a name: a[b][] is the list b of a.
func split(name string) (path []string, list bool, err error) {
	name, list = strings.CutSuffix(name, "[]")
	head, rest, nested := strings.Cut(name, "[")
	path = []string{head}
	if nested {
		inner, ok := strings.CutSuffix(rest, "]")
		if !ok {
			return nil, false, errName
		}
		path = append(path, strings.Split(inner, "][")...)
	}
	if len(path) > maxDepth {
		return nil, false, errName
	}
	return path, list, nil
}
