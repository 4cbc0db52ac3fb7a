package main

import (
	"math"
	"strconv"
)

// scale is a unit and how many of the base unit it has.
type scale struct {
	size float64
	name string
}

// units are Grafana's, from large to small.
var units = map[string][]scale{
	"short":       {{1e9, " Bil"}, {1e6, " Mil"}, {1e3, " K"}, {1, ""}},
	"ops":         {{1e3, "K ops/s"}, {1, " ops/s"}},
	"reqps":       {{1e3, "K req/s"}, {1, " req/s"}},
	"s":           {{86400, " day"}, {3600, " hour"}, {60, " min"}, {1, " s"}, {1e-3, " ms"}, {1e-6, " µs"}},
	"bytes":       {{1 << 40, " TiB"}, {1 << 30, " GiB"}, {1 << 20, " MiB"}, {1 << 10, " KiB"}, {1, " B"}},
	"percentunit": {{0.01, "%"}},
}

// format writes a value as the panel's unit says.
func format(unit string, value float64) string {
	scales := units[unit]
	if value == 0 || scales == nil {
		return number(value)
	}
	for _, s := range scales {
		if math.Abs(value) >= s.size {
			return number(value/s.size) + s.name
		}
	}
	last := scales[len(scales)-1]
	return number(value/last.size) + last.name
}

// number has three digits, or all of those before the point.
func number(value float64) string {
	if math.Abs(value) >= 100 {
		return strconv.FormatFloat(value, 'f', 0, 64)
	}
	return strconv.FormatFloat(value, 'g', 3, 64)
}
