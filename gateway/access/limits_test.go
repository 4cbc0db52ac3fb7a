package access

import "testing"

func TestACallerIsLimitedByItself(t *testing.T) {
	l := &Limits{PerSecond: 1, Burst: 2}
	for i, want := range []bool{true, true, false} {
		if l.Take("a") != want {
			t.Errorf("call %d of a burst of two is taken: %t", i+1, !want)
		}
	}
	if !l.Take("b") {
		t.Error("one caller limits another")
	}
	none := &Limits{}
	for range 1000 {
		if !none.Take("a") {
			t.Fatal("without a limit a call is refused")
		}
	}
}
