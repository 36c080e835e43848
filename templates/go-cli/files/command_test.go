package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// run calls the tool: what it printed, and the error that it ended with.
func run(t *testing.T, words ...string) (string, error) {
	t.Helper()
	var printed bytes.Buffer
	command := newCommand()
	command.SetArgs(words)
	command.SetOut(&printed)
	command.SetErr(&printed)
	err := command.Execute()
	return printed.String(), err
}

// tree makes a folder with files of these sizes.
func tree(t *testing.T, sizes map[string]int) string {
	t.Helper()
	folder := t.TempDir()
	for path, size := range sizes {
		place := filepath.Join(folder, path)
		if err := os.MkdirAll(filepath.Dir(place), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(place, bytes.Repeat([]byte("x"), size), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func TestTheLargestComeFirst(t *testing.T) {
	folder := tree(t, map[string]int{"a": 1, "deep/b": 3000, "c": 20, "d": 20})
	printed, err := run(t, folder, "--count", "3")
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"2.9", "KiB", "deep/b", "20", "bytes", "c", "20", "bytes", "d"}; strings.Join(strings.Fields(printed), " ") != strings.Join(want, " ") {
		t.Errorf("got %q", printed)
	}
}

func TestAScriptGetsJSON(t *testing.T) {
	printed, err := run(t, tree(t, map[string]int{"a": 1, "b": 2}), "--json")
	if err != nil {
		t.Fatal(err)
	}
	if want := `[{"path":"b","size":2},{"path":"a","size":1}]`; strings.TrimSpace(printed) != want {
		t.Errorf("got %s, want %s", printed, want)
	}
}

func TestAnEmptyFolderHasNone(t *testing.T) {
	printed, err := run(t, t.TempDir(), "--json")
	if err != nil || strings.TrimSpace(printed) != "[]" {
		t.Errorf("got %s, %v", printed, err)
	}
}

func TestWhatIsWrongIsSaid(t *testing.T) {
	for _, words := range [][]string{{"nowhere"}, {"--count", "0"}, {"--count", "many"}, {"one", "two"}} {
		printed, err := run(t, words...)
		if err == nil || !strings.Contains(printed, "Error: ") {
			t.Errorf("%v: got %q, %v", words, printed, err)
		}
	}
}

func TestSizesAreWrittenForPeople(t *testing.T) {
	for bytes, want := range map[int64]string{0: "0 bytes", 1023: "1023 bytes", 1024: "1.0 KiB", 5 << 20: "5.0 MiB", 3 << 50: "3072.0 TiB"} {
		if got := size(bytes); got != want {
			t.Errorf("%d: got %s, want %s", bytes, got, want)
		}
	}
}

func TestHelpSaysWhatItDoes(t *testing.T) {
	printed, err := run(t, "--help")
	if err != nil || !strings.Contains(printed, "largest [folder]") {
		t.Errorf("got %q, %v", printed, err)
	}
}
