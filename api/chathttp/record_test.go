package chathttp

import (
	"errors"
	"net/http"
	"testing"
)

func TestARecordKeepsNoMoreThanItsLimit(t *testing.T) {
	a := NewRecord(5)
	a.WriteHeader(http.StatusEarlyHints)
	if _, err := a.Write([]byte("12345")); err != nil || a.Status != http.StatusOK || a.Long {
		t.Errorf("five bytes: %v, %d, long %t", err, a.Status, a.Long)
	}
	if _, err := a.Write([]byte("6")); !errors.Is(err, ErrLong) || !a.Long || a.Body.String() != "12345" {
		t.Errorf("six bytes: %v, long %t, %q", err, a.Long, a.Body.String())
	}
}

func TestTextsOfErrors(t *testing.T) {
	for body, want := range map[string]string{
		`{"message":"Chat not found","error":"Not Found","statusCode":404}`: "Chat not found",
		`{"message":["a is wrong","b too"],"error":"Bad Request"}`:          "a is wrong; b too",
		`{"error":"Session status is not as expected","status":"STOPPED"}`:  "Session status is not as expected",
		`{"message":"","error":"Bad Gateway"}`:                              "Bad Gateway",
		`{"message":[],"error":"Bad Gateway"}`:                              "Bad Gateway",
		`{"message":{},"error":7}`:                                          "",
		`<html>`:                                                            "",
		``:                                                                  "",
	} {
		if got := ErrorText([]byte(body)); got != want {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
	a := NewRecord(100)
	a.WriteHeader(http.StatusBadGateway)
	if got := a.Refusal(); got != "Bad Gateway" {
		t.Errorf("without a text: %q", got)
	}
}
