// Package convert converts audio and video to what phones play, with ffmpeg. The
// files come from whoever may send, or from the web: ffmpeg reads one file and
// writes one, within limits, and knows no secret.
package convert

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os/exec"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

var (
	// ErrMissing: there is no ffmpeg here.
	ErrMissing = errors.New("there is no ffmpeg here to convert it: use the image with ffmpeg, or send voice as Ogg Opus and video as MP4")
	// ErrUnreadable: the file is not audio or video, or a kind that is not converted.
	ErrUnreadable = errors.New("the file could not be converted: it must be audio or video in a common format")
	// ErrTooLong: converting it takes longer than is allowed.
	ErrTooLong = errors.New("the file takes too long to convert: send a shorter one")
)

// Options configure a Converter. Zero values take their defaults.
type Options struct {
	// Program is ffmpeg's path. Defaults to the ffmpeg in the PATH.
	Program string
	// Patience is how long a conversion may take. Defaults to two minutes.
	Patience time.Duration
	// Memory is how much address space ffmpeg may use, in bytes. Defaults to 1 GiB.
	Memory uint64
	// AtOnce is how many conversions run at the same time; others wait for their
	// turn. Defaults to 1.
	AtOnce int
}

// Converter runs ffmpeg.
type Converter struct {
	options Options
	turns   chan struct{}
}

// New returns a Converter.
func New(o Options) *Converter {
	if o.Program == "" {
		o.Program, _ = exec.LookPath("ffmpeg") // empty without one
	}
	if o.Patience == 0 {
		o.Patience = 2 * time.Minute
	}
	if o.Memory == 0 {
		o.Memory = 1 << 30
	}
	if o.AtOnce == 0 {
		o.AtOnce = 1
	}
	return &Converter{options: o, turns: make(chan struct{}, o.AtOnce)}
}

// Voice converts audio, or the sound of a video, to Ogg Opus. A result of more than
// most bytes is not whole: ffmpeg stops soon after that. The errors are those of this
// package and of ctx.
func (c *Converter) Voice(ctx context.Context, from, to string, most int64) error {
	return c.run(ctx, from, to, most, voice)
}

// Video converts video to MP4 with H.264 and AAC, as Voice does audio.
func (c *Converter) Video(ctx context.Context, from, to string, most int64) error {
	return c.run(ctx, from, to, most, video)
}

var (
	voice = []string{"-map", "0:a:0", "-ac", "1", "-c:a", "libopus", "-b:a", "32k", "-application", "voip", "-f", "ogg"}
	video = []string{
		"-map", "0:v:0", "-map", "0:a:0?",
		// Phones want even sizes, and no more than they show.
		"-vf", "scale=trunc(min(1280\\,iw)/2)*2:-2", "-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p",
		"-c:a", "aac", "-b:a", "96k", "-movflags", "+faststart", "-f", "mp4",
	}
)

// formats are the containers that are read. Without a list a playlist would be one
// too, and could name any file or address.
const formats = "ogg,mp3,wav,flac,aac,amr,aiff,au,caf,asf,avi,flv,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,mpeg,mpegts,w64"

// beyond is how much ffmpeg writes more than a result may have, in bytes, before it is
// told to stop: whatever has been cut off is then larger than what may be sent. If it
// does not stop, the kernel ends it.
const beyond = 1 << 20

func (c *Converter) run(ctx context.Context, from, to string, most int64, how []string) error {
	if c.options.Program == "" {
		return ErrMissing
	}
	select {
	case c.turns <- struct{}{}:
		defer func() { <-c.turns }()
	case <-ctx.Done():
		return ctx.Err()
	}
	limited, cancel := context.WithTimeout(ctx, c.options.Patience)
	defer cancel()
	arguments := []string{
		"-nostdin", "-hide_banner", "-loglevel", "quiet", "-threads", "1",
		"-protocol_whitelist", "file", "-format_whitelist", formats, "-i", "file:" + from,
		"-map_metadata", "-1", "-sn", "-dn", "-threads", "1",
	}
	arguments = append(arguments, how...)
	arguments = append(arguments, "-fs", strconv.FormatInt(most+beyond, 10), "-y", "file:"+to)
	command := exec.CommandContext(limited, c.options.Program, arguments...)
	command.Env = []string{"LC_ALL=C"} // and none of ours
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	command.WaitDelay = time.Second
	if err := command.Start(); err != nil {
		return fmt.Errorf("starting ffmpeg: %w", err)
	}
	unlimited := c.restrain(command.Process.Pid, uint64(most+4*beyond))
	if unlimited != nil {
		cancel()
	}
	err := command.Wait()
	switch {
	case unlimited != nil:
		return fmt.Errorf("limiting ffmpeg: %w", unlimited)
	case ctx.Err() != nil:
		return ctx.Err()
	case limited.Err() != nil:
		return ErrTooLong
	case err != nil:
		return ErrUnreadable
	}
	return nil
}

// restrain limits what the process may use, from its start but for the moment that
// this takes. One that has ended already needs none.
func (c *Converter) restrain(pid int, size uint64) error {
	for _, limit := range []struct {
		resource int
		most     uint64
	}{
		{unix.RLIMIT_CORE, 0},
		{unix.RLIMIT_FSIZE, size},
		{unix.RLIMIT_CPU, uint64(math.Ceil(c.options.Patience.Seconds()))},
		{unix.RLIMIT_AS, c.options.Memory},
	} {
		err := unix.Prlimit(pid, limit.resource, &unix.Rlimit{Cur: limit.most, Max: limit.most}, nil)
		if err != nil && !errors.Is(err, unix.ESRCH) {
			return err
		}
	}
	return nil
}
