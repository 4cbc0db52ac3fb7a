package redact

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// attributes are those of log lines whose values are kept, beside the fields of objects.
var attributes = set(`
	address caller controllerGroup delay deployment dryRun due err error event folder from givenUp givenup
	group logger msg node part pod podUID problem retryIn route run secret stack took updatedFrom valid version webhook
`)

// trace matches lines that Go prints when a program ends badly. They name code.
var trace = regexp.MustCompile(strings.Join([]string{
	`^(?:goroutine \d+ \[[\w ,()]*\]:`, `\s+/[\w./@+-]+\.go:\d+(?: \+0x[0-9a-f]+)?`,
	`[\w./*()\[\]-]+\((?:0x[0-9a-f]+\??|[{}, .?_])*\)`, `created by [\w./*()-]+(?: in goroutine \d+)?`,
	`fatal error: [a-z :-]+`, `\[signal [\w: =]+\]`, `exit status \d+)$`,
}, "|"))

// Log hides what is private in a log. Lines at Debug are left out, as they may have
// anything in them, and so are those that are not of the product's logger.
func (r *Redactor) Log(log string) string {
	var out strings.Builder
	left := 0
	flush := func() {
		if left > 0 {
			_, _ = fmt.Fprintf(&out, "<%d lines left out>\n", left)
		}
		left = 0
	}
	for line := range strings.Lines(log) {
		redacted, ok := r.line(strings.TrimRight(line, "\r\n"))
		if !ok {
			left++
			continue
		}
		flush()
		out.WriteString(redacted + "\n")
	}
	flush()
	return out.String()
}

// line redacts a line; ok is false if it has to be left out.
func (r *Redactor) line(line string) (redacted string, ok bool) {
	switch {
	case strings.HasPrefix(line, "{"):
		var record map[string]any
		if json.Unmarshal([]byte(line), &record) != nil || isDebug(fmt.Sprint(record["level"])) {
			return "", false
		}
		encoded, err := json.Marshal(r.value("", false, record, r.attribute))
		return string(encoded), err == nil
	case strings.HasPrefix(line, "time="):
		return r.pairs(line)
	case strings.HasPrefix(line, "panic: "):
		return "panic: " + r.Text(line[len("panic: "):]), true
	case trace.MatchString(line):
		return r.Text(line), true
	}
	return "", false
}

func isDebug(level string) bool { return strings.HasPrefix(strings.ToUpper(level), "DEBUG") }

// attribute hides the value of an attribute unless it is one that is kept.
func (r *Redactor) attribute(name, value string) string {
	if (attributes[name] || kept[name]) && (sentences[name] || word.MatchString(value)) {
		return r.Text(value)
	}
	return r.hide(name, value)
}

// pairs redacts a line of attributes, as slog's text handler writes them.
func (r *Redactor) pairs(line string) (redacted string, ok bool) {
	var out []string
	for rest := line; rest != ""; rest = strings.TrimPrefix(rest, " ") {
		name, after, found := strings.Cut(rest, "=")
		if !found || strings.ContainsAny(name, " \"") {
			return "", false
		}
		var value string
		if quoted, err := strconv.QuotedPrefix(after); err == nil && quoted[0] == '"' {
			if value, err = strconv.Unquote(quoted); err != nil {
				return "", false
			}
			rest = after[len(quoted):]
		} else {
			value, rest, found = strings.Cut(after, " ")
			if found {
				rest = " " + rest
			}
		}
		if rest != "" && rest[0] != ' ' || name == "level" && isDebug(value) {
			return "", false
		}
		short := name[strings.LastIndex(name, ".")+1:] // of a group
		if value = r.attribute(short, value); strings.ContainsAny(value, " =\"") {
			value = strconv.Quote(value)
		}
		out = append(out, r.Text(name)+"="+value)
	}
	return strings.Join(out, " "), true
}

// sample matches a line of metrics: what it is about, and its value.
var sample = regexp.MustCompile(`^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{.*\})?( (?:[0-9.eE+-]+|[+-]?Inf|NaN)(?: \d+)?)$`)

// Metrics hides what is private in metrics in the format of Prometheus: in the values of
// labels.
func (r *Redactor) Metrics(metrics string) string {
	var out strings.Builder
	for line := range strings.Lines(metrics) {
		line = strings.TrimRight(line, "\r\n")
		if strings.HasPrefix(line, "# ") {
			out.WriteString(r.Text(line) + "\n")
		} else if parts := sample.FindStringSubmatch(line); parts != nil {
			out.WriteString(parts[1] + r.Text(parts[2]) + parts[3] + "\n")
		}
	}
	return out.String()
}
