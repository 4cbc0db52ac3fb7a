package compose

import (
	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// setContext sets what the content of a message says about others, or takes it
// away (nil), and says whether the content has a place for that. Some thirty
// sorts of content do, each in a field of the same name.
func setContext(msg *waE2E.Message, context *waE2E.ContextInfo) (set bool) {
	msg.ProtoReflect().Range(func(field protoreflect.FieldDescriptor, content protoreflect.Value) bool {
		if field.Kind() != protoreflect.MessageKind || field.IsList() || field.IsMap() {
			return true
		}
		info := field.Message().Fields().ByName("contextInfo")
		if info == nil {
			return true
		}
		if context == nil {
			content.Message().Clear(info)
		} else {
			content.Message().Set(info, protoreflect.ValueOfMessage(context.ProtoReflect()))
		}
		set = true
		return true
	})
	return set
}
