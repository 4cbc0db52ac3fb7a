package httpapi

import (
	"net/http"

	"github.com/wasession/wasession/runtime/wire"
)

const (
	ok      = http.StatusOK
	created = http.StatusCreated
)

// table is every route of the API. The multiplexer, the validation of requests
// and the description at /openapi.json are made from it.
func (a *API) table() []route {
	return join(
		of("Chats",
			op("GET", "/api/{session}/chats", ok, read, "List chats", a.listChats),
			op("GET", "/api/{session}/chats/overview", ok, read, "Chats with name, picture and last message, newest first", a.overview),
			op("POST", "/api/{session}/chats/overview", created, read, "The same, for long lists of ids", a.postOverview),
			op("GET", "/api/{session}/chats/{chatId}/picture", ok, read, "A chat's picture", a.chatPicture),
			op("POST", "/api/{session}/chats/{chatId}/archive", created, send, "Archive a chat", a.archiveChat),
			op("POST", "/api/{session}/chats/{chatId}/unarchive", created, send, "Take a chat out of the archive", a.unarchiveChat),
			op("POST", "/api/{session}/chats/{chatId}/unread", created, send, "Mark a chat as unread", a.markChatUnread),
			op("DELETE", "/api/{session}/chats/{chatId}", ok, send, "Delete a chat", a.deleteChat),
		),
		of("Messages",
			op("POST", "/api/{session}/chats/{chatId}/messages/read", created, send, "Read the unread messages of a chat", a.readMessages),
			op("GET", "/api/{session}/chats/{chatId}/messages", ok, read, "List messages of a chat, or of all", a.listMessages),
			op("GET", "/api/{session}/chats/{chatId}/messages/{messageId}", ok, read, "One message", a.getMessage),
			op("POST", "/api/{session}/chats/{chatId}/messages/{messageId}/pin", created, send, "Pin a message", a.pinMessage),
			op("POST", "/api/{session}/chats/{chatId}/messages/{messageId}/unpin", created, send, "Unpin a message", a.unpinMessage),
			op("PUT", "/api/{session}/chats/{chatId}/messages/{messageId}", ok, send, "Edit a text or caption of your own", a.editMessage),
			op("DELETE", "/api/{session}/chats/{chatId}/messages/{messageId}", ok, send, "Delete a message for everyone", a.revokeMessage),
			op("DELETE", "/api/{session}/chats/{chatId}/messages", ok, send, "Clear a chat of its messages", a.clearChat),
			op("GET", "/api/files/{session}/{file}", ok, read, "The file of a message", a.getFile).gives("application/octet-stream"),
		),
		of("Auto-archive",
			op("POST", "/api/{session}/auto-archive/run", created, send, "Run the archive policies now", a.runAutoArchive),
			op("GET", "/api/{session}/auto-archive/plan", ok, read, "What a run would archive, and which policy says so", a.planAutoArchive),
			op("GET", "/api/{session}/auto-archive/runs", ok, read, "The last runs", a.listArchiveRuns),
		),
		of("Sessions",
			op("GET", "/api/sessions", ok, read, "List sessions", a.listSessions),
			op("POST", "/api/sessions", created, setting, "Create a session", a.createSession),
			op("GET", "/api/sessions/{session}", ok, read, "A session", a.getSession),
			op("PUT", "/api/sessions/{session}", ok, setting, "Change a session", a.updateSession),
			op("DELETE", "/api/sessions/{session}", ok, del, "Delete a session", a.deleteSession),
			op("GET", "/api/sessions/{session}/me", ok, read, "The account of a session", a.getMe),
			op("POST", "/api/sessions/{session}/start", created, control, "Connect", a.startSession),
			op("POST", "/api/sessions/{session}/stop", created, control, "Disconnect, keeping the pairing", a.stopSession),
			op("POST", "/api/sessions/{session}/restart", created, control, "Disconnect and connect again", a.restartSession),
			op("POST", "/api/sessions/{session}/logout", created, control, "Unlink from the account", a.logoutSession),
		),
		of("Pairing",
			op("GET", "/api/{session}/auth/qr", ok, control, "The QR code to scan", a.getQR).gives("image/png", base64File{}, qrValue{}),
			op("POST", "/api/{session}/auth/request-code", created, control, "A code to type on the phone", a.requestCode),
			op("GET", "/api/screenshot", ok, control, "The QR code, while there is one", a.screenshot).gives("image/png", base64File{}),
		),
		of("Server",
			op("GET", "/ping", ok, open, "Whether the process serves", a.ping),
			op("GET", "/health", ok, read, "Whether the store answers", a.health),
			op("GET", "/api/server/version", ok, read, "Version and engine", a.version),
			op("GET", "/api/version", ok, read, "Version and engine", a.version),
			op("GET", "/api/server/status", ok, read, "Uptime", a.serverStatus),
			op("GET", "/openapi.json", ok, open, "This API in OpenAPI 3.1", a.openAPI).gives("", map[string]any{}),
			op("GET", "/docs", ok, open, "This API as a page", a.docs).gives("text/html"),
		),
		a.sendRoutes(),
		of("Wawp", wawpRoutes(a)...),
	)
}

// wawpRoutes are those of Wawp's dialect, the lists by GET and by POST alike.
func wawpRoutes(a *API) (routes []route) {
	for _, method := range []string{"GET", "POST"} {
		routes = append(routes,
			op(method, "/v2/chats", ok, read, "List chats", a.wawpChats).gives("", []wire.Chat{}).as(wawp),
			op(method, "/v2/chats/overview", ok, read, "Chats with name, picture and last message", a.wawpOverview).gives("", []wire.Summary{}).as(wawp))
	}
	return append(routes, op("POST", "/v2/chats/archive", ok, send, "Archive a chat, or take it out", a.wawpArchive).as(wawp))
}
