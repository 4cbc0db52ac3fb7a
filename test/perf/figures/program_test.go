package figures

import (
	"errors"
	"strings"
	"testing"
)

func TestAReportTellsWhetherAThresholdHolds(t *testing.T) {
	limits, err := Parse([]byte(`[{figure: lab.speed, max: 5, from: "a goal"}]`))
	if err != nil {
		t.Fatal(err)
	}
	for ours, want := range map[float64]error{5: nil, 6: ErrMissed} {
		var out strings.Builder
		err := Report(&out, []Figure{{Name: "lab.speed", Ours: ours}}, limits, []string{"lab"}, "That was all.")
		if !errors.Is(err, want) || !strings.Contains(out.String(), "lab.speed") || !strings.HasSuffix(out.String(), "\nThat was all.\n") {
			t.Errorf("%v: %v\n%s", ours, err, &out)
		}
	}
	if err := Report(&strings.Builder{}, nil, limits, []string{"lab"}, ""); err == nil || errors.Is(err, ErrMissed) {
		t.Errorf("a threshold that was not measured: %v", err)
	}
}
