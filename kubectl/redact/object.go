package redact

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

// safe are values that say nothing about anybody: numbers with at most six digits,
// quantities, durations, times, and yes and no.
var safe = regexp.MustCompile(`^(?:|true|false|null|-?\d{1,6}(?:\.\d{1,6})?%?|\d{1,6}(?:[kKMGTPE]i?|m)?|(?:\d{1,6}(?:\.\d{1,9})?(?:h|m|s|ms|us|µs|ns))+|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))$`)

func harmless(value string) bool { return safe.MatchString(value) }

// kept are the fields whose strings are kept, as Text leaves them. They are names of
// objects, words of an API, and sentences of programs. All other strings are hidden.
var kept = set(`
	accessMode accessModes action addressing apiGroup apiVersion appliedHash browser chatTypes claim claimName
	className clusterIP clusterIPs component conditionType container containerID controller controllerKind cpu
	creationTimestamp currentRevision dataSource deletionTimestamp do effect endpoint ephemeral-storage events
	eventTime exitCode fieldPath finalizers finishedAt firstTimestamp gitVersion goVersion hash heartbeat
	history host hostIP ignore hostname hostnames image imageID imagePullPolicy inactiveFor ip ipFamilies ipFamilyPolicy key kind
	lastHandledReconcileAt lastHandledRequest lastObservedTime lastProbeTime lastResult lastRunTime lastTimestamp
	lastTransitionTime lastUpdateTime level link logLevel maxSize medium memory message method mode mountPath muted
	name namespace nextRunTime nodeName note operator otherAccounts path phase pinned platform plugin podIP policy
	policyTypes pods priorityClassName protocol provisioner publicURL qosClass reason recursiveReadOnly region
	reportingComponent reportingController reportingInstance requests resizePolicy resource resourceName
	resourceVersion resources restartPolicy result retention runtimeVersion schedule scheduledFor schedulerName
	secretName sectionName serviceAccount serviceAccountName session sessionName since size source startTime
	startedAt state status storage storageClassName strategy sync template terminationMessagePath
	terminationMessagePolicy time timeZone timeAdded topologyKey type uid unhealthyPodEvictionPolicy unknown unread
	url urls volumeMode volumeName warmUp what whenDeleted whenUnsatisfiable window
`)

// sentences are those of them that have words in them.
var sentences = set(`message note what do schedule error err msg problem panic stack`)

// word matches the others.
var word = regexp.MustCompile(`^[\x21-\x7e]*$`)

// free are maps whose keys and values people choose.
var free = set(`annotations labels matchLabels nodeSelector selector eventMetadata data stringData binaryData`)

// dropped are fields that repeat others, or that are long and of no use.
var dropped = set(`managedFields kubectl.kubernetes.io/last-applied-configuration`)

// told are the labels and annotations whose values are kept: programs write them.
var told = regexp.MustCompile(`^(?:app\.kubernetes\.io/|kubernetes\.io/|topology\.kubernetes\.io/|pv\.kubernetes\.io/|volume\.kubernetes\.io/|deployment\.kubernetes\.io/|pod-template-hash$|helm\.sh/chart$|wasession\.dev/(?:session|shard|paused|paused-by|logout-on-delete|[a-z-]+-requested-at|[a-z-]+-hash|last-used|session-access|service-type|updated-from)$)`)

func set(words string) map[string]bool {
	all := map[string]bool{}
	for _, word := range strings.Fields(words) {
		all[word] = true
	}
	return all
}

// Object hides what is private in an object that was decoded from JSON, and returns a
// copy of the rest.
func (r *Redactor) Object(object map[string]any) map[string]any {
	redacted, _ := r.value("", false, object, r.hide).(map[string]any)
	return redacted
}

// Learn has what Object hides in this object hidden everywhere, also in logs.
func (r *Redactor) Learn(object map[string]any) {
	r.value("", false, object, func(field, value string) string {
		if field != "command" && field != "args" {
			r.Know(value)
		}
		return ""
	})
}

// value redacts a value of a field. hide is called for what is not kept.
func (r *Redactor) value(field string, ended bool, value any, hide func(field, value string) string) any {
	switch value := value.(type) {
	case map[string]any:
		out := make(map[string]any, len(value))
		for name, inner := range value {
			text, isText := inner.(string)
			switch {
			case dropped[name]:
			case free[field] && isText && told.MatchString(name):
				out[name] = r.Text(text)
			case free[field] && isText:
				out[r.Text(name)] = hide(field, text)
			default:
				out[r.Text(name)] = r.value(name, ended || name == "terminated", inner, hide)
			}
		}
		return out
	case []any:
		out := make([]any, len(value))
		for i, inner := range value {
			out[i] = r.value(field, ended, inner, hide)
		}
		return out
	case string:
		switch {
		case ended && field == "message": // the end of the log
			return r.Log(value)
		case kept[field] && (sentences[field] || word.MatchString(value)):
			return r.Text(value)
		default:
			return hide(field, value)
		}
	case float64:
		return r.figure(value)
	default: // true, false and null
		return value
	}
}

// figure hides a number that has as many digits as one of a phone.
func (r *Redactor) figure(value float64) any {
	if digits := strconv.FormatFloat(math.Abs(value), 'f', 0, 64); len(digits) >= 7 {
		return r.placeholder("number", digits)
	}
	return value
}

// hide hides a value unless it is harmless. A number has the placeholder that it has in
// texts.
func (r *Redactor) hide(_, value string) string {
	switch {
	case harmless(value):
		return value
	case wholeNumber.MatchString(value):
		return r.number(value)
	case wholeJID.MatchString(value):
		return r.hideJID(value)
	}
	return r.placeholder("text", strings.TrimSpace(value))
}
