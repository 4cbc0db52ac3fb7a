package dashboard

import "testing"

func TestPlaces(t *testing.T) {
	var p places
	var leave []func()
	for range mostStreams {
		l, ok := p.enter("bob")
		if !ok {
			t.Fatal("a place is missing")
		}
		leave = append(leave, l)
	}
	if _, ok := p.enter("bob"); ok {
		t.Error("one too many got a place")
	}
	if _, ok := p.enter("eve"); !ok {
		t.Error("one visitor takes the places of another")
	}
	leave[0]()
	if _, ok := p.enter("bob"); !ok {
		t.Error("a place that was given back is lost")
	}
}
