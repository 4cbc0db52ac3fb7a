package content

import (
	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// silent are the parts of a message for which phones show no bubble: keys, and
// actions on other messages.
var silent = map[protoreflect.Name]bool{
	"messageContextInfo":                         true,
	"senderKeyDistributionMessage":               true,
	"fastRatchetKeySenderKeyDistributionMessage": true,
	"protocolMessage":                            true,
	"deviceSentMessage":                          true,
	"reactionMessage":                            true,
	"encReactionMessage":                         true,
	"pollUpdateMessage":                          true,
	"pinInChatMessage":                           true,
	"keepInChatMessage":                          true,
	"secretEncryptedMessage":                     true,
	"encCommentMessage":                          true,
	"encEventResponseMessage":                    true,
	"scheduledCallEditMessage":                   true,
	"stickerSyncRmrMessage":                      true,
	"messageHistoryBundle":                       true,
	"messageHistoryNotice":                       true,
	"declinePaymentRequestMessage":               true,
	"cancelPaymentRequestMessage":                true,
	"groupRootKeyShare":                          true,
	"rootSecretDistributeMessage":                true,
	"splitPaymentUpdateMessage":                  true,
	"statusLinkPreviewMetadata":                  true,
	"statusStickerInteractionMessage":            true,
	"pollAddOptionMessage":                       true,
	"albumMessage":                               true, // its pictures follow
}

// isSilent reports whether phones show nothing for a message. Unknown parts are
// not silent: they get a row, even if it is empty.
func isSilent(m *waE2E.Message) bool {
	parts, shown := 0, len(m.ProtoReflect().GetUnknown()) > 0
	m.ProtoReflect().Range(func(field protoreflect.FieldDescriptor, _ protoreflect.Value) bool {
		parts++
		shown = shown || !silent[field.Name()]
		return !shown
	})
	return parts > 0 && !shown
}
