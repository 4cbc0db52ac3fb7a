package control

import (
	"context"
	"net/http"
	"time"

	"github.com/wasession/wasession/test/simulator"
	"github.com/wasession/wasession/test/simulator/history"
	"github.com/wasession/wasession/test/simulator/media"
)

// Fixture returns the spec of a made-up account by name: "demo", "archive" or "large".
func Fixture(name string, now time.Time) (history.Spec, error) {
	switch name {
	case "demo":
		return history.DemoSpec(now), nil
	case "archive":
		return history.ArchiveSpec(now), nil
	case "large":
		return history.LargeSpec(now), nil
	default:
		return history.Spec{}, invalid("the fixture %q is none of demo, archive, large", name)
	}
}

// Populate gives an account the past that a spec describes. The attachments of
// small accounts can be downloaded; those of large ones have expired.
func Populate(ctx context.Context, u *simulator.User, spec history.Spec) error {
	spec.OwnPN, spec.OwnLID = u.PN(), u.LID()
	if spec.Messages <= 10_000 {
		files, err := sampleFiles(u.Server())
		if err != nil {
			return err
		}
		spec.Media = func(kind string) history.File { return files[kind] }
	}
	return u.Populate(ctx, history.NewAccount(spec))
}

// sampleFiles uploads one attachment of each kind.
func sampleFiles(srv *simulator.Server) (map[string]history.File, error) {
	files := make(map[string]history.File)
	for _, sample := range []struct {
		kind     media.Kind
		mimetype string
		content  []byte
	}{
		{media.Image, "image/jpeg", sampleImage()},
		{media.Video, "video/mp4", sampleAudio()},
		{media.Audio, "audio/ogg; codecs=opus", sampleAudio()},
		{media.Document, "application/pdf", sampleDocument()},
	} {
		file, err := srv.Upload(sample.kind, sample.mimetype, sample.content)
		if err != nil {
			return nil, err
		}
		files[string(sample.kind)] = file
	}
	return files, nil
}

func (a *API) setHistory(r *http.Request) (any, error) {
	body, err := read[History](r)
	if err != nil {
		return nil, err
	}
	u, err := a.user(body.User)
	if err != nil {
		return nil, err
	}
	spec, err := Fixture(body.Fixture, time.Now())
	if err != nil {
		return nil, err
	}
	for target, value := range map[*int]int{&spec.Chats: body.Chats, &spec.Messages: body.Messages, &spec.Chunks: body.Chunks} {
		if value < 0 {
			return nil, invalid("a number of chats, messages or chunks cannot be negative")
		}
		if value > 0 {
			*target = value
		}
	}
	if body.Seed != 0 {
		spec.Seed = body.Seed
	}
	if err := Populate(r.Context(), u, spec); err != nil {
		return nil, err
	}
	if body.Push {
		for chunk := range u.History().Chunks() {
			if err := u.SendHistory(r.Context(), chunk); err != nil {
				return nil, err
			}
		}
	}
	return describe(u), nil
}
