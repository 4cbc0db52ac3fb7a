package dashboard

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http/httptest"
	"net/textproto"
	"strings"
	"testing"
)

func TestFormsOfMessages(t *testing.T) {
	const id = "3EB0ABCDEF012345678901"
	for _, c := range []struct {
		what   string
		fields [][2]string
		file   [2]string // name and type
		want   string    // text, what the file is sent as, and its content; or the problem
	}{
		{"a text", [][2]string{{"id", id}, {"text", "a\r\nb"}}, [2]string{}, "a\nb"},
		{"a picture with a caption", [][2]string{{"id", id}, {"text", "look"}}, [2]string{"a.png", "image/png"}, "look image content"},
		{"a page is a document", [][2]string{{"id", id}}, [2]string{"a.html", "text/html"}, " document content"},
		{"no file was chosen", [][2]string{{"id", id}, {"text", "x"}}, [2]string{"", "application/octet-stream"}, "x"},
		{"nothing", [][2]string{{"id", id}, {"text", " \n"}}, [2]string{}, "write something"},
		{"without an ID it could be sent twice", [][2]string{{"text", "x"}}, [2]string{}, "no valid ID"},
		{"an ID of somebody's own", [][2]string{{"id", "../x"}, {"text", "x"}}, [2]string{}, "no valid ID"},
		{"too long", [][2]string{{"id", id}, {"text", strings.Repeat("x", maxField)}}, [2]string{}, "too long"},
	} {
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		for _, field := range c.fields {
			_ = form.WriteField(field[0], field[1])
		}
		if c.file[1] != "" {
			part, _ := form.CreatePart(textproto.MIMEHeader{
				"Content-Disposition": {`form-data; name="file"; filename="` + c.file[0] + `"`}, "Content-Type": {c.file[1]},
			})
			if c.file[0] != "" {
				_, _ = io.WriteString(part, "content")
			}
		}
		_ = form.Close()
		r := httptest.NewRequest("POST", "/", &body)
		r.Header.Set("Content-Type", form.FormDataContentType())
		o, err := outgoing(r)
		got := o.Text
		switch {
		case err != nil:
			got = err.Error()
		case o.File != nil:
			content, _ := io.ReadAll(o.File.Content)
			got += " " + o.File.As + " " + string(content)
		}
		if !strings.Contains(got, c.want) || err == nil && got != c.want {
			t.Errorf("%s: %q, want %q", c.what, got, c.want)
		}
	}
}
