package content

import (
	"cmp"

	"go.mau.fi/whatsmeow/proto/waE2E"

	"github.com/wasession/wasession/runtime/chat"
)

// menuContent shows business messages, such as menus and the answers to them, as
// the text a person would read.
func menuContent(m *waE2E.Message) (Content, bool) {
	text := func(body string, context *waE2E.ContextInfo) (Content, bool) {
		return Content{Kind: chat.TypeText, Body: body, Context: context}, true
	}
	if b := m.GetButtonsMessage(); b != nil {
		return text(b.GetContentText(), b.GetContextInfo())
	}
	if r := m.GetButtonsResponseMessage(); r != nil {
		return text(r.GetSelectedDisplayText(), r.GetContextInfo())
	}
	if l := m.GetListMessage(); l != nil {
		return text(cmp.Or(l.GetDescription(), l.GetTitle()), l.GetContextInfo())
	}
	if r := m.GetListResponseMessage(); r != nil {
		return text(cmp.Or(r.GetTitle(), r.GetDescription()), r.GetContextInfo())
	}
	if t := m.GetTemplateMessage(); t != nil {
		h := t.GetHydratedTemplate()
		if h == nil {
			h = t.GetHydratedFourRowTemplate()
		}
		return text(cmp.Or(h.GetHydratedContentText(), t.GetInteractiveMessageTemplate().GetBody().GetText()), t.GetContextInfo())
	}
	if r := m.GetTemplateButtonReplyMessage(); r != nil {
		return text(r.GetSelectedDisplayText(), r.GetContextInfo())
	}
	if i := m.GetInteractiveMessage(); i != nil {
		return text(cmp.Or(i.GetBody().GetText(), i.GetHeader().GetTitle()), i.GetContextInfo())
	}
	if r := m.GetInteractiveResponseMessage(); r != nil {
		return text(r.GetBody().GetText(), r.GetContextInfo())
	}
	if h := m.GetHighlyStructuredMessage(); h != nil {
		return text(h.GetHydratedHsm().GetHydratedTemplate().GetHydratedContentText(), nil)
	}
	return Content{}, false
}

// otherContent gives the remaining kinds of messages a row with the text they
// have, so that a conversation has no gap where phones show something.
func otherContent(m *waE2E.Message) (Content, bool) {
	other := func(body string, context *waE2E.ContextInfo) (Content, bool) {
		return Content{Kind: chat.TypeOther, Body: body, Context: context}, true
	}
	if g := m.GetGroupInviteMessage(); g != nil {
		return other(cmp.Or(g.GetCaption(), g.GetGroupName()), g.GetContextInfo())
	}
	if e := m.GetEventMessage(); e != nil {
		return other(e.GetName(), e.GetContextInfo())
	}
	if o := m.GetOrderMessage(); o != nil {
		return other(cmp.Or(o.GetMessage(), o.GetOrderTitle()), o.GetContextInfo())
	}
	if p := m.GetProductMessage(); p != nil {
		return other(cmp.Or(p.GetBody(), p.GetProduct().GetTitle()), p.GetContextInfo())
	}
	if c := m.GetCommentMessage().GetMessage(); c != nil {
		if inner, ok := Of(Unwrap(c)); ok {
			return inner, true
		}
	}
	if a := m.GetAlbumMessage(); a != nil {
		// The pictures of an album follow as separate messages.
		return Content{}, false
	}
	if m.GetRequestPaymentMessage() != nil || m.GetSendPaymentMessage() != nil || m.GetPaymentInviteMessage() != nil ||
		m.GetInvoiceMessage() != nil || m.GetStickerPackMessage() != nil || m.GetCallLogMesssage() != nil ||
		m.GetNewsletterAdminInviteMessage() != nil || m.GetScheduledCallCreationMessage() != nil || !isSilent(m) {
		return other("", nil)
	}
	return Content{}, false
}
