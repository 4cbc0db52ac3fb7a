package openapi

import "cmp"

// examples are values of fields and parameters, by their names, that a reader can try
// as they are. Those of one name mean the same in all calls.
var examples = map[string]string{
	"session":      "sales",
	"instance_id":  "sales",
	"chatId":       "15550001111@c.us",
	"contactId":    "15550001111@c.us",
	"phone":        "15550001111",
	"phoneNumber":  "15550001111",
	"lid":          "123456789012345@lid",
	"messageId":    "true_15550001111@c.us_3EB0C767D26A1B6D3F9A",
	"reply_to":     "false_15550001111@c.us_3EB0C767D26A1B6D3F9A",
	"text":         "Your order is on its way: https://example.com/track",
	"caption":      "The receipt",
	"filename":     "receipt.pdf",
	"latitude":     "38.8937255",
	"longitude":    "-77.0969763",
	"organization": "Example Ltd",
	"fullName":     "Ada Lovelace",
	"url":          "https://example.com/receipt.pdf",
	"mimetype":     "application/pdf",
	"timestamp":    "1767225600",
	"code":         "https://chat.whatsapp.com/AbCdEfGhIjKlMnOpQrStUv",
	"subject":      "Delivery team",
}

// withExample adds the example of a parameter's name, if the call needs the parameter:
// the page at /docs sends along what it shows. The only session of an API is named.
func withExample(param map[string]any, session string) map[string]any {
	name, _ := param["name"].(string)
	text, ok := examples[name]
	switch {
	case name == "session" || name == "instance_id":
		param["example"] = sessionExample(session)
	case ok && param["required"] == true:
		param["example"] = text
	}
	return param
}

func sessionExample(only string) string { return cmp.Or(only, examples["session"]) }

// exemplified adds the example of a name to a schema whose kind takes it.
func exemplified(schema Schema, name string) Schema {
	text, ok := examples[name]
	if !ok || schema["enum"] != nil || schema["default"] != nil {
		return schema
	}
	kind, _ := schema["type"].(string)
	if types, ok := schema["type"].([]string); ok {
		kind = types[0]
	}
	if value := literal(kind, text); kind == "string" || kind == "integer" && value != any(text) {
		schema["examples"] = []any{value}
	}
	return schema
}
