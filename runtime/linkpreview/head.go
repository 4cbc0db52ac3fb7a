package linkpreview

import (
	"io"
	"strings"

	"golang.org/x/net/html"
)

// about is a page's metadata.
type about struct{ title, description, image string }

// Limits of the preview's texts, in characters.
const (
	titleLength       = 300
	descriptionLength = 500
)

// readHead parses the head of a page. Metadata for previews (og:, then twitter:)
// takes precedence over the title and description.
func readHead(page io.Reader) about {
	found := map[string]string{}
	z := html.NewTokenizer(page)
	z.SetMaxBuf(pageSize)
	for {
		switch z.Next() {
		case html.ErrorToken:
			return chosen(found)
		case html.StartTagToken, html.SelfClosingTagToken:
			switch t := z.Token(); t.Data {
			case "meta":
				meta(found, t)
			case "title":
				if found["title"] == "" && z.Next() == html.TextToken {
					found["title"] = string(z.Text())
				}
			case "body":
				return chosen(found)
			}
		case html.EndTagToken:
			if name, _ := z.TagName(); string(name) == "head" {
				return chosen(found)
			}
		}
	}
}

// meta keeps the first value of each property.
func meta(found map[string]string, t html.Token) {
	var name, content string
	for _, a := range t.Attr {
		switch a.Key {
		case "property", "name":
			name = strings.ToLower(a.Val)
		case "content":
			content = a.Val
		}
	}
	if found[name] == "" {
		found[name] = content
	}
}

func chosen(found map[string]string) about {
	return about{
		title:       cut(first(found, "og:title", "twitter:title", "title"), titleLength),
		description: cut(first(found, "og:description", "twitter:description", "description"), descriptionLength),
		image:       first(found, "og:image:secure_url", "og:image", "twitter:image"),
	}
}

func first(found map[string]string, names ...string) string {
	for _, n := range names {
		if text := strings.TrimSpace(found[n]); text != "" {
			return text
		}
	}
	return ""
}

// cut puts a text on one line and truncates it.
func cut(s string, most int) string {
	runes := []rune(strings.Join(strings.Fields(s), " "))
	if len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return string(runes)
}
