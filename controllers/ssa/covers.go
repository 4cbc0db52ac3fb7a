package ssa

import "reflect"

// covers reports whether held contains everything in wanted with the same value.
// Maps may have more keys. The order of lists is ignored: in a list of objects,
// each wanted element needs its own element of held that covers it; a list of
// plain values must have the same elements.
func covers(wanted, held any) bool {
	switch wanted := wanted.(type) {
	case map[string]any:
		heldMap, ok := held.(map[string]any)
		if !ok {
			// Typed objects omit empty objects.
			return len(wanted) == 0 && held == nil
		}
		for key, value := range wanted {
			if !covers(value, heldMap[key]) {
				return false
			}
		}
		return true
	case []any:
		heldList, ok := held.([]any)
		return ok && len(heldList) >= len(wanted) && coversEach(wanted, heldList)
	default:
		return reflect.DeepEqual(wanted, held)
	}
}

func coversEach(wanted, held []any) bool {
	used := make([]bool, len(held))
	for _, want := range wanted {
		found := false
		for i, have := range held {
			if !used[i] && covers(want, have) {
				used[i], found = true, true
				break
			}
		}
		if !found {
			return false
		}
	}
	_, objects := first(wanted).(map[string]any)
	return objects || len(wanted) == len(held)
}

func first(list []any) any {
	if len(list) == 0 {
		return nil
	}
	return list[0]
}
