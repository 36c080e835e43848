package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// start serves the application for one test.
func start(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(newHandler(slog.New(slog.DiscardHandler)))
	t.Cleanup(server.Close)
	return server.URL
}

// call answers with the status and the body.
func call(t *testing.T, method, url, body string) (int, string) {
	t.Helper()
	request, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, strings.TrimSpace(string(text))
}

func expect(t *testing.T, status int, body string, wantStatus int, wantBody string) {
	t.Helper()
	if status != wantStatus || body != wantBody {
		t.Errorf("got %d %s, want %d %s", status, body, wantStatus, wantBody)
	}
}

func TestHealth(t *testing.T) {
	status, body := call(t, "GET", start(t)+"/health", "")
	expect(t, status, body, 200, `{"status":"ok"}`)
}

func TestThePageIsServed(t *testing.T) {
	status, body := call(t, "GET", start(t)+"/", "")
	if status != 200 || !strings.Contains(body, "<title>{{ title }}</title>") {
		t.Errorf("got %d %.80s", status, body)
	}
}

func TestANoteIsAddedListedAndRemoved(t *testing.T) {
	api := start(t) + "/api/notes"
	status, body := call(t, "POST", api, `{"text": "  water the plants "}`)
	expect(t, status, body, 201, `{"id":1,"text":"water the plants"}`)
	status, body = call(t, "GET", api, "")
	expect(t, status, body, 200, `[{"id":1,"text":"water the plants"}]`)
	status, body = call(t, "DELETE", api+"/1", "")
	expect(t, status, body, 204, "")
	status, body = call(t, "GET", api, "")
	expect(t, status, body, 200, "[]")
}

func TestANoteWithoutAFittingTextIsRefused(t *testing.T) {
	api := start(t) + "/api/notes"
	for _, body := range []string{`{}`, `{"text": ""}`, `{"text": "   "}`, `{"text": "` + strings.Repeat("x", 201) + `"}`} {
		if status, _ := call(t, "POST", api, body); status != 422 {
			t.Errorf("%.30s was answered with %d", body, status)
		}
	}
	status, body := call(t, "GET", api, "")
	expect(t, status, body, 200, "[]")
}

func TestWhatIsNotJSONIsRefusedWithAReason(t *testing.T) {
	status, body := call(t, "POST", start(t)+"/api/notes", "{")
	if status != 400 || !strings.Contains(body, "JSON") {
		t.Errorf("got %d %s", status, body)
	}
}

func TestWhatIsNotThereIsNotFound(t *testing.T) {
	url := start(t)
	for _, place := range []struct{ method, path string }{
		{"DELETE", "/api/notes/7"}, {"DELETE", "/api/notes/x"}, {"GET", "/nothing"},
	} {
		if status, _ := call(t, place.method, url+place.path, ""); status != 404 {
			t.Errorf("%s %s was answered with %d", place.method, place.path, status)
		}
	}
}

func TestTheServerEndsWhenItIsTold(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := serve(ctx, slog.New(slog.DiscardHandler), "127.0.0.1:0"); err != nil {
		t.Error(err)
	}
}

func TestAPortThatIsTakenIsAnError(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
	defer stop()
	if err := serve(ctx, slog.New(slog.DiscardHandler), taken.Addr().String()); err == nil {
		t.Error("it served on a port that is taken")
	}
}

func TestALogLineIsJSONWithTheTagsOfTheService(t *testing.T) {
	var written bytes.Buffer
	t.Setenv("DD_ENV", "test")
	newLogger(&written).Error("Paid", "amount", 3)
	var line map[string]any
	if err := json.Unmarshal(written.Bytes(), &line); err != nil {
		t.Fatal(err)
	}
	if line["level"] != "ERROR" || line["message"] != "Paid" || line["amount"] != 3.0 || line["env"] != "test" {
		t.Errorf("got %v", line)
	}
	for _, key := range []string{"service", "version", "timestamp"} {
		if line[key] == nil {
			t.Errorf("%s is missing in %v", key, line)
		}
	}
}
