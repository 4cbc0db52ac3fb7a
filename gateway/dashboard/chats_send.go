package dashboard

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/wasession/wasession/api/chathttp"
	"github.com/wasession/wasession/gateway/dashboard/pod"
	"github.com/wasession/wasession/gateway/waha"
)

const (
	// maxUpload limits a form with a file, in bytes: what the API takes in base64.
	maxUpload = 47 << 20
	// maxField limits the other fields together, in bytes: a text of 65,536 characters.
	maxField = 280 << 10
)

// messageIDs are the IDs that the page makes, of the form of WhatsApp's own.
var messageIDs = regexp.MustCompile(`^3EB0[0-9A-F]{18}$`)

// uploadPace is how a form with a file must arrive.
var uploadPace = chathttp.Pace{Grace: 15 * time.Second, Most: 5 * time.Minute}

// sendMessage sends what was written. The page chooses the
// ID of the message, so that a form that is sent twice sends one.
func (d *Dashboard) sendMessage(v *visit) error {
	view, err := v.onChats()
	if err != nil {
		return err
	}
	v.r.Body = chathttp.Steady(v.w, http.MaxBytesReader(v.w, v.r.Body, maxUpload), uploadPace)
	o, err := outgoing(v.r)
	if err != nil {
		return err
	}
	o.Chat = v.r.PathValue("chat")
	m, err := v.podOf(view.Session).Send(v.r.Context(), o)
	var problem pod.Problem
	if errors.As(err, &problem) {
		text := sentence(problem.Text)
		if problem.MayHaveBeenDone {
			text += " Sent again, it does not arrive twice."
		}
		return v.part(problem.Status, "chats", "part-problem", text)
	}
	if err != nil {
		return err
	}
	message, err := v.messageView(view, m, o.Chat, false)
	if err != nil {
		return err
	}
	return v.part(http.StatusOK, "chats", "part-message", message)
}

// outgoing reads the form of a message. A file is its last field, and is not read yet.
func outgoing(r *http.Request) (o pod.Outgoing, err error) {
	parts, err := r.MultipartReader()
	if err != nil {
		return o, waha.BadRequest("the form must be multipart/form-data")
	}
	for left := int64(maxField); ; {
		part, err := parts.NextPart()
		switch {
		case errors.Is(err, io.EOF):
			return o, complete(o)
		case err != nil:
			return o, waha.BadRequest("the form could not be read to its end")
		case part.FormName() == "file" && part.FileName() == "":
			continue // none was chosen
		case part.FormName() == "file":
			o.File = upload(part)
			return o, complete(o)
		}
		value, err := io.ReadAll(io.LimitReader(part, left+1))
		if left -= int64(len(value)); err != nil || left < 0 {
			return o, waha.BadRequest("the message is too long")
		}
		switch part.FormName() {
		case "text":
			o.Text = strings.ReplaceAll(string(value), "\r\n", "\n")
		case "reply_to":
			o.ReplyTo = string(value)
		case "id":
			o.ID = string(value)
		}
	}
}

func complete(o pod.Outgoing) error {
	switch {
	case !messageIDs.MatchString(o.ID):
		return waha.BadRequest("the form has no valid ID. Load the page again")
	case strings.TrimSpace(o.Text) == "" && o.File == nil:
		return waha.BadRequest("write something, or choose a file")
	}
	return nil
}

// upload is a file of a form, and how it is sent: as what phones show, else as a
// document.
func upload(part *multipart.Part) *pod.Upload {
	u := &pod.Upload{Name: part.FileName(), As: "document", Content: part}
	u.MIMEType, _, _ = mime.ParseMediaType(part.Header.Get("Content-Type"))
	switch u.MIMEType {
	case "image/jpeg", "image/png", "image/webp":
		u.As = "image"
	case "video/mp4":
		u.As = "video"
	case "audio/ogg":
		u.As = "voice"
	}
	return u
}
