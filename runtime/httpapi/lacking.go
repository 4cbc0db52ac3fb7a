package httpapi

import (
	"net/http"

	"github.com/wasession/wasession/runtime/httpapi/auth"
	"github.com/wasession/wasession/runtime/wire"
)

// lacking returns the route of a WAHA call that cannot be had here. It answers 501 with
// the reason, which the description and the table of operations repeat.
func lacking(method, pattern, summary, reason string) route {
	rt := op(method, pattern, http.StatusNotImplemented, auth.Read, summary, func(*http.Request, noInput) (none, error) {
		return none{}, textFailure(http.StatusNotImplemented, reason)
	})
	rt.out, rt.reason = nil, reason
	return rt
}

const (
	noKeys  = "The keys of a session are in its Secret, which its manifest names; the gateway has calls that make and change keys"
	noApps  = "There are no apps in wasession: an integration is a webhook or a client of this API"
	noTrace = "There is no browser to trace: wasession connects to WhatsApp itself"

	noChannelSearch = "The client library that wasession is built on cannot search WhatsApp's directory of channels"

	noChannelDeletion = "The client library that wasession is built on cannot delete channels: the owner does it on the phone"
	noChannelVotes    = "The client library that wasession is built on cannot vote in channels"

	noMenus = "WhatsApp shows buttons and lists only if they come from its business platform, not from a linked device: " +
		"send a text with POST /api/sendText, or a poll with POST /api/sendPoll"
	noButtonReply = "Whether WhatsApp takes the press of a button from a linked device is not known: " +
		"send the button's text with POST /api/sendText and reply_to"
)

// lackingKeys and lackingApps are the nouns that a session lacks as a whole.
func lackingKeys() []route {
	return []route{
		lacking("GET", "/api/keys", "List API keys", noKeys),
		lacking("POST", "/api/keys", "Create an API key", noKeys),
		lacking("POST", "/api/keys/media", "Create a key that may read", noKeys),
		lacking("POST", "/api/keys/control", "Create a key that may control", noKeys),
		lacking("PUT", "/api/keys/{id}", "Change an API key", noKeys),
		lacking("DELETE", "/api/keys/{id}", "Delete an API key", noKeys),
	}
}

func lackingApps() []route {
	return []route{
		lacking("POST", "/api/apps", "Create an app", noApps),
		lacking("GET", "/api/apps/{id}", "Get an app", noApps),
		lacking("PUT", "/api/apps/{id}", "Change an app", noApps),
		lacking("DELETE", "/api/apps/{id}", "Delete an app", noApps),
	}
}

// lackingChannels are the searches of WhatsApp's directory, and what only phones do.
func lackingChannels() []route {
	return []route{
		lacking("DELETE", "/api/{session}/channels/{id}", "Delete a channel", noChannelDeletion),
		lacking("POST", "/api/{session}/channels/search/by-view", "Search channels by view", noChannelSearch),
		lacking("POST", "/api/{session}/channels/search/by-text", "Search channels by text", noChannelSearch),
		lacking("GET", "/api/{session}/channels/search/views", "List the views to search channels by", noChannelSearch),
		lacking("GET", "/api/{session}/channels/search/countries", "List the countries to search channels by", noChannelSearch),
		lacking("GET", "/api/{session}/channels/search/categories", "List the categories to search channels by", noChannelSearch),
	}
}

// lackingMenus are messages with buttons or lists.
func lackingMenus() []route {
	return []route{
		lacking("POST", "/api/sendButtons", "Send buttons", noMenus),
		lacking("POST", "/api/sendList", "Send a list", noMenus),
		lacking("POST", "/api/send/buttons/reply", "Press a button of a message", noButtonReply),
	}
}

type appsIn struct {
	Session string `query:"session" doc:"Name of the session; defaults to the only one"`
}

// listApps answers clients that ask which apps to show.
func (a *API) listApps(*http.Request, appsIn) ([]wire.App, error) { return []wire.App{}, nil }
