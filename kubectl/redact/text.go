package redact

import (
	"cmp"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// patterns are what Text looks for, the first that matches at a place. What is found by
// one whose name ends in "kept" stays.
var patterns = regexp.MustCompile(strings.Join([]string{
	`(?P<kept><[a-z]+-[a-z]{10}>)`, // a placeholder
	`(?P<timekept>\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?)`,
	`(?P<datekept>\b(?:19|20)\d\d-[01]\d-[0-3]\d\b)`,
	`(?P<digestkept>\bsha256:[0-9a-f]{64}\b)`,
	`(?P<uuidkept>\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b)`,
	`(?P<url>(?i)\b[a-z][a-z0-9+.-]*://[^\s"'<>\\]+)`,
	`(?P<secret>(?i)\b(?:bearer|basic)\s+[^\s"']+)`,
	`(?P<setting>(?i)[a-z_-]*(?:api[_-]?key|token|password|passwd|secret|hmac|signature|authorization|credential)s?["']?\s?[=:]\s*["']?[^\s"',;&]+)`,
	`(?P<ipkept>\b(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}(?:[:/]\d{1,5})?\b)`,
	`(?P<jid>\p{Nd}+(?:-\p{Nd}+)?(?:[.:_]\p{Nd}+)*@(?:s\.whatsapp\.net|c\.us|g\.us|lid|hosted(?:\.lid)?|broadcast|newsletter|bot|call|msgr|interop)\b)`,
	`(?P<email>[^\s"'@<>:/=(,]+@[\p{L}\p{Nd}-]+(?:\.[\p{L}\p{Nd}-]+)+)`,
	`(?P<login>[^\s"'@<>/=(,]+:[^\s"'@<>/]+@)`,
	`(?P<query>\?[^\s"'<>=?]+=[^\s"'<>]*)`,
	`(?P<number>[+(]{0,2}\p{Nd}(?:[ ().\-\x{a0}/]{0,2}\p{Nd}){6,})`,
	`(?P<quoted>"[^"<>]*[^\x21-\x7e"][^"]*")`, // words, as in a name or a text
	`(?P<key>[A-Za-z0-9_+/=-]{20,})`,
}, "|"))

var (
	kinds       = patterns.SubexpNames()
	wholeNumber = regexp.MustCompile(`^\s*[+(]{0,2}\p{Nd}(?:[ ().\-\x{a0}/]{0,2}\p{Nd}){6,}\s*$`)
	wholeJID    = regexp.MustCompile(`^\p{Nd}+(?:-\p{Nd}+)?(?:[.:_]\p{Nd}+)*@[a-z.]+$`)
	// numberInJID is the user's part of a JID, without the device.
	numberInJID = regexp.MustCompile(`^\p{Nd}+(?:-\p{Nd}+)?`)
)

// Text hides what is private in a text for people: numbers, JIDs, keys, what URLs carry
// beside their host, quoted words, and the known values.
func (r *Redactor) Text(text string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	if r.replace == nil {
		r.replace = r.replacer()
	}
	return r.hideFound(r.replace.Replace(text))
}

// replacer replaces the known values, the longest first.
func (r *Redactor) replacer() *strings.Replacer {
	var pairs []string
	for _, value := range slices.SortedFunc(maps.Keys(r.known), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b))
	}) {
		pairs = append(pairs, value, r.known[value])
	}
	return strings.NewReplacer(pairs...)
}

// hideFound hides what the patterns find.
func (r *Redactor) hideFound(text string) string {
	var out strings.Builder
	end := 0
	for _, match := range patterns.FindAllStringSubmatchIndex(text, -1) {
		for i, kind := range kinds {
			if kind != "" && match[2*i] >= 0 {
				out.WriteString(text[end:match[0]])
				out.WriteString(r.found(kind, text[match[0]:match[1]]))
				break
			}
		}
		end = match[1]
	}
	out.WriteString(text[end:])
	return out.String()
}

// found is what is left of a text that a pattern has found.
func (r *Redactor) found(kind, text string) string {
	switch kind {
	case "url":
		return r.hideURL(text)
	case "jid":
		return r.hideJID(text)
	case "number":
		return r.number(text)
	case "setting":
		at := strings.IndexAny(text, "=:")
		return text[:at+1] + r.placeholder("secret", strings.Trim(text[at+1:], ` "'`))
	case "login":
		return r.placeholder("secret", text) + "@"
	case "query":
		return "?" + r.placeholder("query", text)
	case "quoted":
		return `"` + r.placeholder("text", strings.Trim(text, `"`)) + `"`
	case "key":
		if !random(text) {
			return text
		}
	}
	if strings.HasSuffix(kind, "kept") {
		return text
	}
	return r.placeholder(kind, text)
}

// number hides a phone number, written in whichever way.
func (r *Redactor) number(text string) string {
	digits := strings.Map(func(c rune) rune {
		if unicode.IsDigit(c) {
			return c
		}
		return -1
	}, text)
	return r.placeholder("number", digits)
}

// hideJID hides the user of a JID, and leaves the device and the server.
func (r *Redactor) hideJID(jid string) string {
	user := numberInJID.FindString(jid)
	_, server, _ := strings.Cut(jid, "@")
	if server == "s.whatsapp.net" || server == "c.us" {
		return r.number(user) + "@" + server
	}
	return r.placeholder("jid", user) + "@" + server
}

// hideURL leaves the scheme and the host of a URL: its path may be a key too.
func (r *Redactor) hideURL(text string) string {
	trimmed := strings.TrimRight(text, ".,;:)]}")
	rest := text[len(trimmed):]
	u, err := url.Parse(trimmed)
	if err != nil || u.Host == "" {
		return r.placeholder("url", trimmed) + rest
	}
	host := r.hideFound(u.Host)
	if (u.Path == "" || u.Path == "/") && u.RawQuery == "" && u.Fragment == "" && u.User == nil {
		return u.Scheme + "://" + host + u.Path + rest
	}
	return u.Scheme + "://" + host + "/" + r.placeholder("path", trimmed) + rest
}

// random says whether a word looks like a key: it has digits and letters of both cases,
// or a long part with digits and letters. Names of objects have neither.
func random(word string) bool {
	var digits, upper, lower bool
	run, longest := 0, 0
	for _, c := range word {
		digits = digits || unicode.IsDigit(c)
		upper = upper || unicode.IsUpper(c)
		lower = lower || unicode.IsLower(c)
		if run++; strings.ContainsRune("-_/", c) {
			run = 0
		}
		longest = max(longest, run)
	}
	return digits && (upper && lower || longest >= 16 && (upper || lower))
}
