package packaging

import "testing"

// Update strategies that make no sense are refused.
func TestRefusedUpdateStrategies(t *testing.T) {
	for _, test := range []refusal{
		{"no type", "updateStrategy: {}", "spec.updateStrategy.type", "Required value"},
		{"unknown type", "updateStrategy: {type: RollingUpdate}", "spec.updateStrategy.type", `supported values: "Automatic", "OnDelete", "Window"`},
		{"no window", "updateStrategy: {type: Window}", "spec.updateStrategy", "window goes with type Window"},
		{"a window too many", "updateStrategy: {type: OnDelete, window: {schedule: '0 3 * * 6', duration: 2h}}", "spec.updateStrategy", "window goes with type Window"},
		{"no schedule", "updateStrategy: {type: Window, window: {duration: 2h}}", "spec.updateStrategy.window.schedule", "Required value"},
		{"six fields", "updateStrategy: {type: Window, window: {schedule: '0 0 3 * * 6', duration: 2h}}", "spec.updateStrategy.window.schedule", "five fields of cron"},
		{"a schedule with a time zone", "updateStrategy: {type: Window, window: {schedule: 'CRON_TZ=UTC 0 3 * * 6', duration: 2h}}", "spec.updateStrategy.window.schedule", "into window.timeZone"},
		{"no duration", "updateStrategy: {type: Window, window: {schedule: '0 3 * * 6'}}", "spec.updateStrategy.window.duration", "Required value"},
		{"a moment", "updateStrategy: {type: Window, window: {schedule: '0 3 * * 6', duration: 30s}}", "spec.updateStrategy.window.duration", "duration of 1m to 168h"},
		{"a month", "updateStrategy: {type: Window, window: {schedule: '0 3 * * 6', duration: 720h}}", "spec.updateStrategy.window.duration", "duration of 1m to 168h"},
		{"days", "updateStrategy: {type: Window, window: {schedule: '0 3 * * 6', duration: 1d}}", "spec.updateStrategy.window.duration", "duration of 1m to 168h"},
		{"local time", "updateStrategy: {type: Window, window: {schedule: '0 3 * * 6', duration: 2h, timeZone: Local}}", "spec.updateStrategy.window.timeZone", "name of a time zone"},
	} {
		t.Run(test.title, func(t *testing.T) {
			err := api.Create(t.Context(), session(t, "refused", test.spec))
			wantRefused(t, err, test.field, test.words)
		})
	}
}
