package compose

import (
	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// setContext sets the ContextInfo of a message's content, or removes it (nil),
// and reports whether that content can have one. About thirty kinds can, each in
// a field of this name.
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
