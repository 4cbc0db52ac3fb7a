package prometheus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Server is a running Prometheus.
type Server struct{ URL string }

// Series is one line of an answer.
type Series struct {
	Labels map[string]string
	Points []Point
}

// Point is a value at a time, in seconds since 1970.
type Point struct{ Time, Value float64 }

// MarshalJSON writes a point as a pair.
func (p Point) MarshalJSON() ([]byte, error) {
	if math.IsNaN(p.Value) || math.IsInf(p.Value, 0) {
		return json.Marshal([2]any{p.Time, nil})
	}
	return json.Marshal([2]float64{p.Time, p.Value})
}

// UnmarshalJSON reads a pair.
func (p *Point) UnmarshalJSON(data []byte) error {
	var pair [2]*float64
	if err := json.Unmarshal(data, &pair); err != nil {
		return err
	}
	if pair[0] == nil {
		return errors.New("a point without a time")
	}
	p.Time, p.Value = *pair[0], math.NaN()
	if pair[1] != nil {
		p.Value = *pair[1]
	}
	return nil
}

// sample is a point as Prometheus writes it: the value is a text.
type sample [2]any

func (s sample) point() (Point, error) {
	at, _ := s[0].(float64)
	text, _ := s[1].(string)
	value, err := strconv.ParseFloat(text, 64)
	return Point{at, value}, err
}

// Query asks for the values now.
func (s Server) Query(ctx context.Context, expr string) ([]Series, error) {
	return s.ask(ctx, "/api/v1/query", url.Values{"query": {expr}})
}

// Range asks for the values between two times.
func (s Server) Range(ctx context.Context, expr string, from, to time.Time, step time.Duration) ([]Series, error) {
	return s.ask(ctx, "/api/v1/query_range", url.Values{
		"query": {expr}, "start": {strconv.FormatInt(from.Unix(), 10)}, "end": {strconv.FormatInt(to.Unix(), 10)},
		"step": {strconv.FormatFloat(step.Seconds(), 'f', -1, 64)},
	})
}

func (s Server) ask(ctx context.Context, path string, query url.Values) ([]Series, error) {
	var data struct {
		Result []struct {
			Metric map[string]string `json:"metric"`
			Value  *sample           `json:"value"`
			Values []sample          `json:"values"`
		} `json:"result"`
	}
	if err := s.get(ctx, path+"?"+query.Encode(), &data); err != nil {
		return nil, fmt.Errorf("%s: %w", query.Get("query"), err)
	}
	all := make([]Series, 0, len(data.Result))
	for _, result := range data.Result {
		series := Series{Labels: result.Metric}
		if result.Value != nil {
			result.Values = append(result.Values, *result.Value)
		}
		for _, sample := range result.Values {
			point, err := sample.point()
			if err != nil {
				return nil, err
			}
			series.Points = append(series.Points, point)
		}
		all = append(all, series)
	}
	return all, nil
}

// Target is a place that is read.
type Target struct {
	Job    string
	Health string
	Error  string
	Labels map[string]string
}

// Targets are the places that are read now.
func (s Server) Targets(ctx context.Context) ([]Target, error) {
	var data struct {
		ActiveTargets []struct {
			Labels    map[string]string `json:"labels"`
			Health    string            `json:"health"`
			LastError string            `json:"lastError"`
		} `json:"activeTargets"`
	}
	if err := s.get(ctx, "/api/v1/targets?state=active", &data); err != nil {
		return nil, err
	}
	all := make([]Target, 0, len(data.ActiveTargets))
	for _, target := range data.ActiveTargets {
		all = append(all, Target{target.Labels["job"], target.Health, target.LastError, target.Labels})
	}
	return all, nil
}

// Alert is an alert that fires or is about to.
type Alert struct {
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
	State       string            `json:"state"`
}

// Firing are the alerts of a name that fire.
func (s Server) Firing(ctx context.Context, name string) ([]Alert, error) {
	var data struct {
		Alerts []Alert `json:"alerts"`
	}
	if err := s.get(ctx, "/api/v1/alerts", &data); err != nil {
		return nil, err
	}
	var firing []Alert
	for _, alert := range data.Alerts {
		if alert.State == "firing" && alert.Labels["alertname"] == name {
			firing = append(firing, alert)
		}
	}
	return firing, nil
}

// Rules are the alerts that the server has read.
func (s Server) Rules(ctx context.Context) ([]Rule, error) {
	var data struct {
		Groups []struct {
			Rules []struct {
				Name, Query, Health, LastError string
			}
		}
	}
	if err := s.get(ctx, "/api/v1/rules", &data); err != nil {
		return nil, err
	}
	var all []Rule
	for _, group := range data.Groups {
		for _, rule := range group.Rules {
			if rule.Health == "err" {
				return nil, fmt.Errorf("alert %s: %s", rule.Name, rule.LastError)
			}
			all = append(all, Rule{Alert: rule.Name, Expr: rule.Query})
		}
	}
	return all, nil
}

// get decodes the data of an answer.
func (s Server) get(ctx context.Context, path string, data any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(s.URL, "/")+path, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	answer := struct {
		Status, Error string
		Data          json.RawMessage
	}{}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return fmt.Errorf("prometheus answers %s: %w", response.Status, err)
	}
	if answer.Status != "success" {
		return fmt.Errorf("prometheus answers %s: %s", response.Status, answer.Error)
	}
	return json.Unmarshal(answer.Data, data)
}
