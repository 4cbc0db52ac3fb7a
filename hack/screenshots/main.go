// Command screenshots takes the pictures of the dashboard that the documentation shows:
// it starts the demo, logs in with Chromium, and keeps a page after the other.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "screenshots:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	demo := flag.String("demo", "bin/wasession-demo", "The demo's binary.")
	dir := flag.String("dir", "docs/images", "Where the pictures go.")
	flag.Parse()
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	if err := os.MkdirAll(*dir, 0o755); err != nil {
		return err
	}
	s, err := startStage(ctx, *demo)
	if err != nil {
		return err
	}
	return errors.Join(s.takeAll(ctx, *dir), s.stop())
}

// stage is the demo with its dashboard.
type stage struct {
	demo      *exec.Cmd
	read      chan struct{} // closed once the demo's output has ended
	page, key string
}

// startStage starts the demo, and waits until it has said where its dashboard is.
func startStage(ctx context.Context, binary string) (*stage, error) {
	s := &stage{demo: exec.Command(binary), read: make(chan struct{})}
	out, err := s.demo.StdoutPipe()
	if err != nil {
		return nil, err
	}
	s.demo.Stderr = os.Stderr
	s.demo.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	if err := s.demo.Start(); err != nil {
		return nil, fmt.Errorf("starting the demo: %w", err)
	}
	ready := make(chan struct{})
	go s.follow(out, ready)
	select {
	case <-ready:
		return s, nil
	case <-s.read:
		return nil, errors.Join(errors.New("the demo ended before its dashboard was there"), s.demo.Wait())
	case <-ctx.Done():
		return nil, errors.Join(ctx.Err(), s.stop())
	}
}

// follow reads what the demo prints.
func (s *stage) follow(out io.Reader, ready chan<- struct{}) {
	defer close(s.read)
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if page, ok := strings.CutPrefix(line, "The dashboard: "); ok {
			s.page = page
		}
		if key, ok := strings.CutPrefix(line, "Log in with the key "); ok && s.key == "" {
			s.key = key
			close(ready)
		}
	}
}

func (s *stage) stop() error {
	_ = s.demo.Process.Signal(os.Interrupt) // it may have ended
	<-s.read
	if err := s.demo.Wait(); err != nil && s.demo.ProcessState.ExitCode() != 0 {
		return fmt.Errorf("the demo: %w", err)
	}
	return nil
}

// picture is a page, with the text that is there once it is complete.
type picture struct {
	name, path, complete string
	width, height        int64
	dark                 bool
}

var pictures = []picture{
	{name: "sessions", path: "", complete: "\t50\t", width: 1200, height: 420},
	{name: "chats", path: "sessions/default/default/chats/12015550007@c.us", complete: "with tax", width: 1200, height: 800},
	{name: "pairing", path: "sessions/default/support", complete: "A new code in", width: 1200, height: 720},
	{name: "archive", path: "sessions/default/default/archive", complete: "Schedule", width: 1200, height: 640},
	{name: "chats-dark", path: "sessions/default/default/chats", complete: "Felix", width: 400, height: 780, dark: true},
}

// takeAll logs in and takes all pictures.
func (s *stage) takeAll(ctx context.Context, dir string) error {
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.WSURLReadTimeout(time.Minute))
	allocator, stopAllocator := chromedp.NewExecAllocator(ctx, options...)
	defer stopAllocator()
	browser, stopBrowser := chromedp.NewContext(allocator)
	defer stopBrowser()
	if err := chromedp.Run(browser,
		chromedp.Navigate(s.page), chromedp.SendKeys("#secret", s.key, chromedp.ByQuery),
		chromedp.Submit("#secret", chromedp.ByQuery), chromedp.WaitVisible("header.top", chromedp.ByQuery),
	); err != nil {
		return fmt.Errorf("logging in: %w", err)
	}
	for _, p := range pictures {
		if err := s.take(browser, p, dir); err != nil {
			return fmt.Errorf("taking %s: %w", p.name, err)
		}
	}
	return nil
}

func (s *stage) take(browser context.Context, p picture, dir string) error {
	theme := "light"
	if p.dark {
		theme = "dark"
	}
	var png []byte
	if err := chromedp.Run(browser,
		emulation.SetDeviceMetricsOverride(p.width, p.height, 1, p.width < 600),
		emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: theme}}),
		chromedp.Navigate(s.page+p.path),
		chromedp.Poll(fmt.Sprintf(`document.body.innerText.includes(%q)`, p.complete), nil, chromedp.WithPollingTimeout(time.Minute)),
		chromedp.CaptureScreenshot(&png),
	); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "screenshots: %s, %d kB\n", p.name, len(png)/1000)
	return os.WriteFile(filepath.Join(dir, p.name+".png"), png, 0o600)
}
