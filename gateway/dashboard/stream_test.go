package dashboard

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
)

// Whatever a text has, an event stays one event, with no fields but its own.
func TestTextsCannotEndAnEvent(t *testing.T) {
	w := httptest.NewRecorder()
	s := &stream{&visit{w: w}, http.NewResponseController(w)}
	if err := s.event("part", []byte("<p>a\revent: ended\r\n\n\rdata: b</p>")); err != nil {
		t.Fatal(err)
	}
	if got, want := w.Body.String(), "event: part\ndata: <p>aevent: ended\ndata: \ndata: data: b</p>\n\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A gateway that stops is not held up by pages that are open.
func TestStreamsEndWhenTheGatewayStops(t *testing.T) {
	stopping := make(chan struct{})
	v := visitor(t, nil)
	v.d.Stopping = stopping
	ended := make(chan error, 1)
	began := make(chan struct{})
	go func() {
		ended <- v.stream(func(ctx context.Context, _ *stream) error {
			close(began)
			<-ctx.Done()
			return nil
		})
	}()
	<-began
	close(stopping)
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
