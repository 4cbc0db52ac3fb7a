package server

import (
	"testing"

	"github.com/wasession/wasession/gateway/access"
	"github.com/wasession/wasession/gateway/dashboard/pod"
)

// The dashboard offers what the API allows: it names the same rights for its calls.
func TestTheDashboardKnowsWhatItsCallsNeed(t *testing.T) {
	all, err := operations(runtimeAPI)
	if err != nil {
		t.Fatal(err)
	}
	needs := map[string]access.Call{}
	for _, o := range all {
		needs[o.method+" "+o.pattern] = o.call()
	}
	for call, want := range map[string]access.Call{
		"GET /api/{session}/chats":                                    pod.ReadChats,
		"POST /api/{session}/chats/overview":                          pod.ReadChats,
		"GET /api/{session}/auto-archive/plan":                        pod.ReadChats,
		"GET /api/{session}/auto-archive/runs":                        pod.ReadChats,
		"GET /api/{session}/webhooks/deliveries":                      pod.ReadChats,
		"GET /api/{session}/chats/{chatId}/messages":                  pod.ReadMessages,
		"GET /api/{session}/chats/{chatId}/messages/{messageId}":      pod.ReadMessages,
		"GET /api/files/{session}/{file}":                             pod.ReadMessages,
		"POST /api/sendText":                                          pod.SendMessages,
		"POST /api/sendFile":                                          pod.SendMessages,
		"PUT /api/reaction":                                           pod.SendMessages,
		"POST /api/{session}/chats/{chatId}/messages/read":            pod.ChangeMessages,
		"PUT /api/{session}/chats/{chatId}/messages/{messageId}":      pod.ChangeMessages,
		"DELETE /api/{session}/chats/{chatId}/messages/{messageId}":   pod.ChangeMessages,
		"POST /api/{session}/chats/{chatId}/messages/{messageId}/pin": pod.ChangeMessages,
		"POST /api/{session}/chats/{chatId}/archive":                  pod.ChangeChats,
		"POST /api/{session}/chats/{chatId}/unread":                   pod.ChangeChats,
		"POST /api/{session}/auto-archive/run":                        pod.ChangeChats,
		"POST /api/{session}/webhooks/deliveries/replay":              pod.Control,
	} {
		if got, ok := needs[call]; !ok || got != want {
			t.Errorf("%s needs %+v, the dashboard says %+v", call, got, want)
		}
	}
}
