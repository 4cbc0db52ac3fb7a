package prometheus

import (
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
)

func TestAnswersOfAServer(t *testing.T) {
	backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := `{"status":"success","data":{"resultType":"vector","result":[{"metric":{"pod":"a"},"value":[1700000000.5,"3"]}]}}`
		if r.URL.Query().Get("query") == "sum(" {
			w.WriteHeader(http.StatusBadRequest)
			answer = `{"status":"error","errorType":"bad_data","error":"parse error"}`
		}
		_, _ = w.Write([]byte(answer))
	}))
	defer backend.Close()
	server := Server{backend.URL}
	got, err := server.Query(t.Context(), "up")
	if err != nil {
		t.Fatal(err)
	}
	if want := []Series{{map[string]string{"pod": "a"}, []Point{{1700000000.5, 3}}}}; !reflect.DeepEqual(got, want) {
		t.Errorf("answer %+v, want %+v", got, want)
	}
	if _, err := server.Query(t.Context(), "sum("); err == nil || !strings.Contains(err.Error(), "parse error") {
		t.Errorf("error %v, want that of the server", err)
	}
}
