package text

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Span is a piece of a message.
type Span struct {
	Text                       string
	Bold, Italic, Strike, Code bool
	// Link is the address that the piece leads to; empty for none.
	Link string
}

// links finds web addresses. Others, like javascript:, are text.
var links = regexp.MustCompile(`\bhttps?://[^\s<>"'` + "`" + `]+`)

// Format finds WhatsApp's formatting and links in a message: *bold*, _italic_, ~strike~,
// `code` and links. It takes time and memory in proportion to the text, whatever is in it.
func Format(s string) []Span {
	var spans []Span
	for i, part := range strings.Split(Lines(s), "```") {
		switch {
		case part == "":
		case i%2 == 1:
			spans = append(spans, Span{Text: part, Code: true})
		default:
			spans = append(spans, plain(part)...)
		}
	}
	return spans
}

// plain formats text outside of blocks of code.
func plain(s string) []Span {
	p := pieces{text: s}
	from := 0
	for line := range strings.SplitAfterSeq(s, "\n") {
		p.line(from, line)
		from += len(line)
	}
	return p.spans
}

// pieces are the spans of a text. They are parts of it, so that none is ever copied.
type pieces struct {
	text  string
	spans []Span
	// from and to are where the last span is in the text.
	from, to int
}

// add adds a span that looks like that, to the last one if it goes on there.
func (p *pieces) add(from, to int, look Span) {
	if n := len(p.spans); n > 0 && from == p.to && look.Link == "" {
		last := p.spans[n-1]
		last.Text = ""
		if last == look {
			p.to = to
			p.spans[n-1].Text = p.text[p.from:to]
			return
		}
	}
	p.from, p.to, look.Text = from, to, p.text[from:to]
	p.spans = append(p.spans, look)
}

// markers switch bold, italic, strike and code on and off.
const markers = "*_~`"

// line formats the line that begins at start.
func (p *pieces) line(start int, line string) {
	found := links.FindAllStringIndex(line, -1)
	toggles := pairs(line, found)
	var on [len(markers)]bool
	from := 0
	flush := func(to int, link string) {
		if to > from {
			p.add(start+from, start+to, Span{Bold: on[0], Italic: on[1], Strike: on[2], Code: on[3], Link: link})
		}
	}
	next := 0
	for i := 0; i < len(line); {
		if next < len(found) && found[next][0] == i {
			end, target := linkAt(line[i:found[next][1]])
			end += i
			next++
			if target != "" {
				flush(i, "")
				from = i
				flush(end, target)
				from = end
			}
			i = end
			continue
		}
		if m := strings.IndexByte(markers, line[i]); m >= 0 && len(toggles) > 0 && toggles[0] == i {
			flush(i, "")
			on[m], from, toggles = !on[m], i+1, toggles[1:]
		}
		i++
	}
	flush(len(line), "")
}

// pairs are the positions of the markers in a line that begin and end something,
// ascending.
func pairs(line string, skip [][]int) []int {
	open := [len(markers)]int{-1, -1, -1, -1}
	var at []int
	next := 0
	for i := 0; i < len(line); i++ {
		if next < len(skip) && i == skip[next][0] {
			i = skip[next][1] - 1
			next++
			continue
		}
		m := strings.IndexByte(markers, line[i])
		if m < 0 {
			continue
		}
		before, _ := utf8.DecodeLastRuneInString(line[:i])
		after, _ := utf8.DecodeRuneInString(line[i+1:])
		switch {
		case open[m] >= 0 && i > open[m]+1 && !unicode.IsSpace(before) && !isWord(after):
			at = append(at, open[m], i)
			open[m] = -1
		case open[m] < 0 && !isWord(before) && i+1 < len(line) && !unicode.IsSpace(after) && byte(after) != line[i]:
			open[m] = i
		}
	}
	slices.Sort(at)
	return at
}

func isWord(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsNumber(r))
}

// maxLink is the longest link, in bytes. Longer ones are text.
const maxLink = 2048

// linkAt is where a link ends that a text begins with, and where it leads. It leads
// nowhere if it cannot be followed.
func linkAt(s string) (end int, target string) {
	if len(s) > maxLink {
		return len(s), ""
	}
	link := trimmed(s)
	u, err := url.Parse(link)
	if err != nil || u.Host == "" || u.User != nil {
		return len(link), "" // a name before the host hides where the link leads
	}
	return len(link), u.String()
}

// trimmed is a link without what ends the sentence around it.
func trimmed(link string) string {
	for {
		short := strings.TrimRight(link, ".,;:!?*_~")
		if strings.HasSuffix(short, ")") && strings.Count(short, "(") < strings.Count(short, ")") {
			short = short[:len(short)-1]
		}
		if short == link {
			return link
		}
		link = short
	}
}
