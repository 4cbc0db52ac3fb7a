package apidocs

import _ "embed"

// policy allows the page what is served beside it. The style sheet has its icons in
// itself, as data.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
	"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

var (
	//go:embed page.html
	page []byte
	//go:embed start.js
	start []byte
	//go:embed page.css
	style []byte
	//go:embed swagger-ui/swagger-ui-bundle.js.gz
	bundle []byte
	//go:embed swagger-ui/swagger-ui.css.gz
	bundleStyle []byte
)

const (
	scriptType = "text/javascript; charset=utf-8"
	styleType  = "text/css; charset=utf-8"
)

// Page is served at /docs. It shows what is served at /openapi.json.
func Page() Document {
	d := New("text/html; charset=utf-8", page)
	d.policy = policy
	return d
}

// Files are what the page needs, by their paths.
func Files() map[string]Document {
	script, sheet := New(scriptType, bundle), New(styleType, bundleStyle)
	script.gzipped, sheet.gzipped = true, true
	return map[string]Document{
		"/docs/swagger-ui.js":  script,
		"/docs/swagger-ui.css": sheet,
		"/docs/start.js":       New(scriptType, start),
		"/docs/page.css":       New(styleType, style),
	}
}
