package httpapi

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"

	"github.com/wasession/wasession/api/chathttp"
	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/convert"
	"github.com/wasession/wasession/runtime/intake"
)

// Converter converts files to what phones play. *convert.Converter implements it.
type Converter interface {
	// Voice converts audio to Ogg Opus, and Video video to MP4, from one path to
	// another. A result of more than most bytes is not whole.
	Voice(ctx context.Context, from, to string, most int64) error
	Video(ctx context.Context, from, to string, most int64) error
}

// What is sent as voice and as video.
const (
	voiceType = "audio/ogg; codecs=opus"
	videoType = "video/mp4"
)

type convertIn struct {
	Body attachment `body:"json"`
}

func (a *API) convertVoice(r *http.Request, in convertIn) (any, error) {
	return a.answerConverted(r, in.Body, chat.TypeVoice)
}

func (a *API) convertVideo(r *http.Request, in convertIn) (any, error) {
	return a.answerConverted(r, in.Body, chat.TypeVideo)
}

func (a *API) answerConverted(r *http.Request, from attachment, kind chat.MessageType) (any, error) {
	file, err := a.takeFile(r, "", from)
	if err != nil {
		return nil, err
	}
	converted, err := a.converted(r.Context(), file, kind)
	if err != nil {
		file.Remove()
		return nil, err
	}
	mimetype := voiceType
	if kind == chat.TypeVideo {
		mimetype = videoType
	}
	inJSON := chathttp.Prefers(r.Header.Get("Accept"), mimetype, "application/json") == "application/json"
	return convertedFile{converted, mimetype, inJSON, a}, nil
}

// converted returns a file that phones can play: the file itself, or a new one in
// its place.
func (a *API) converted(ctx context.Context, f intake.File, kind chat.MessageType) (intake.File, error) {
	if playable(f.Path, kind) {
		return f, nil
	}
	made, err := a.Intake.Made(func(to string, most int64) error {
		if kind == chat.TypeVoice {
			return a.Converter.Voice(ctx, f.Path, to, most)
		}
		return a.Converter.Video(ctx, f.Path, to, most)
	})
	switch {
	case errors.Is(err, convert.ErrMissing), errors.Is(err, convert.ErrUnreadable), errors.Is(err, convert.ErrTooLong), errors.Is(err, intake.ErrTooLarge):
		return f, unprocessable(sentence(err))
	case err != nil:
		return f, fmt.Errorf("converting a file: %w", err)
	}
	f.Remove()
	made.Name = f.Name
	return made, nil
}

// playable says whether phones can play a file without conversion.
func playable(path string, kind chat.MessageType) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	if kind == chat.TypeVoice {
		return convert.PlaysAsVoice(f)
	}
	return convert.PlaysAsVideo(f)
}

// convertedFile is a response with a file, as it is or in base64. The file is
// removed afterwards.
type convertedFile struct {
	intake.File
	mimetype string
	inJSON   bool
	api      *API
}

func (c convertedFile) send(w http.ResponseWriter, r *http.Request) {
	defer c.Remove()
	in, err := os.Open(c.Path)
	if err != nil {
		c.api.fail(w, r, dialectOf(r), err)
		return
	}
	defer in.Close()
	to := newPaced(w, c.api.patience)
	if !c.inJSON {
		w.Header().Set("Content-Type", c.mimetype)
		w.Header().Set("Content-Length", strconv.FormatInt(c.Size, 10))
		_, _ = io.Copy(to, in)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = fmt.Fprintf(to, `{"mimetype":%q,"data":"`, c.mimetype)
	encoder := base64.NewEncoder(base64.StdEncoding, to)
	_, _ = io.Copy(encoder, in)
	_ = encoder.Close()
	_, _ = io.WriteString(to, `"}`)
}
