package openapi

import (
	"path"
	"reflect"

	"github.com/wasession/wasession/runtime/httpapi/bind"
)

// shown are values of a body's fields: of those that a call needs, and of the few
// without which it would be pointless.
var shown = map[string]any{
	"adminsOnly":                 true,
	"chatId":                     examples["chatId"],
	"code":                       examples["code"],
	"contactId":                  examples["contactId"],
	"contacts":                   []any{map[string]any{"fullName": examples["fullName"], "organization": examples["organization"], "phoneNumber": "+1 555 000 2222", "whatsappId": "15550002222"}},
	"description":                "Who delivers what, and when",
	"duration":                   86400,
	"event":                      map[string]any{"name": "Delivery", "startTime": 2063137000, "location": map[string]any{"name": "Warehouse"}},
	"from":                       examples["chatId"],
	"id":                         "4D1A0E7C52B94F0F9D3C5B7A8E6F1234", // of a call
	"latitude":                   38.8937255,
	"longitude":                  -77.0969763,
	"membersCanAddNewMember":     true,
	"messageId":                  examples["messageId"],
	"name":                       examples["subject"],
	"newMembersApprovalRequired": true,
	"participants":               []any{map[string]any{"id": examples["chatId"]}},
	"phoneNumber":                examples["phoneNumber"],
	"pollMessageId":              examples["messageId"],
	"votes":                      []any{"Monday"},
	"poll":                       map[string]any{"name": "Which day suits you?", "options": []any{"Monday", "Tuesday"}, "multipleAnswers": false},
	"presence":                   "typing",
	"preview":                    map[string]any{"url": "https://example.com/track", "title": "Order 1234", "description": "Expected on Friday"},
	"reaction":                   "👍",
	"star":                       true,
	"subject":                    examples["subject"],
	"text":                       examples["text"],
	"title":                      "Order 1234",
	"url":                        "https://example.com/track",
}

// pointless says which fields a body is shown with although it may lack them.
var pointless = map[string]bool{"description": true, "event": true, "file": true, "poll": true, "preview": true, "reaction": true, "votes": true}

// files are what the calls that take a file are shown with.
var files = map[string]map[string]any{
	"sendFile":  {"url": "https://example.com/receipt.pdf", "filename": "receipt.pdf", "mimetype": "application/pdf"},
	"sendImage": {"url": "https://example.com/photo.jpg", "filename": "photo.jpg", "mimetype": "image/jpeg"},
	"sendVoice": {"url": "https://example.com/note.ogg", "filename": "note.ogg", "mimetype": "audio/ogg; codecs=opus"},
	"sendVideo": {"url": "https://example.com/clip.mp4", "filename": "clip.mp4", "mimetype": "video/mp4"},
	"voice":     {"url": "https://example.com/note.mp3"},
	"video":     {"url": "https://example.com/clip.mov"},
	"picture":   {"url": "https://example.com/photo.jpg", "mimetype": "image/jpeg"},
}

// bodyExample is a body that can be sent as it is; nil where none says more than {}.
func bodyExample(o Operation, session string) map[string]any {
	call := path.Base(o.Path)
	if file, ok := files[call]; ok && !hasField(o.In.Body.Type, "file") {
		return file
	}
	example := map[string]any{}
	eachField(o.In.Body.Type, func(name string, rule bind.Rule) {
		switch {
		case name == "session":
			example[name] = sessionExample(session)
		case name == "file":
			example[name] = files[call]
		case (rule.Required || pointless[name]) && shown[name] != nil:
			example[name] = shown[name]
		}
	})
	if len(example) == 0 {
		return nil
	}
	return example
}

func hasField(t reflect.Type, field string) (found bool) {
	eachField(t, func(name string, _ bind.Rule) { found = found || name == field })
	return found
}

// eachField visits the members of a body, those of embedded structs too.
func eachField(t reflect.Type, visit func(name string, rule bind.Rule)) {
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			eachField(f.Type, visit)
			continue
		}
		if name, ok := bind.JSONName(f); ok {
			visit(name, bind.NewRule(f))
		}
	}
}
