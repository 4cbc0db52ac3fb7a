package main

import (
	"testing"
	"time"
)

func TestASeedRepeatsItsSteps(t *testing.T) {
	one, same, other := newPlanner(7), newPlanner(7), newPlanner(8)
	differ := false
	for range 1000 {
		s := one.next()
		if again := same.next(); s != again {
			t.Fatalf("the same seed made %+v and %+v", s, again)
		}
		differ = differ || s != other.next()
	}
	if !differ {
		t.Error("another seed made the same steps")
	}
}

func TestEverythingHappensSoon(t *testing.T) {
	for seed := range uint64(20) {
		plan, happened := newPlanner(seed+1), map[kind]int{}
		for left := 3 * time.Minute; left > 0; {
			s := plan.next()
			left -= s.pause
			happened[s.kind]++
			if s.lasting < 500*time.Millisecond || s.kind != nodeLost && s.lasting > 4*time.Second {
				t.Errorf("something lasts for %s", s.lasting)
			}
		}
		for _, k := range kinds {
			if happened[k.kind] == 0 {
				t.Errorf("seed %d: in three minutes, no %s", seed+1, k.name)
			}
		}
	}
}
