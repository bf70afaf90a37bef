package app_test

import (
	"encoding/json"
	"sync"
	"testing"

	"masjala/fhir"
	"masjala/internal/command"
)

// What should be decided about a list is found by a dry run, which waits for imports that came before.
func TestValuesWaitForTheirTurn(t *testing.T) {
	a := open(t, settings(t))
	files := []command.File{file(t, "list.csv", lists["facilities"].text)}
	reading, release := make(chan struct{}), make(chan struct{})
	imported, judged := make(chan error, 1), make(chan error, 1)
	var once sync.Once
	go func() {
		_, err := a.Run(t.Context(), command.Call{Name: "import-facilities", Files: files}, func(command.Progress) {
			once.Do(func() { close(reading); <-release })
		})
		imported <- err
	}()
	select {
	case <-reading:
	case err := <-imported:
		t.Fatalf("the import told no progress: %v", err)
	}
	told := make(chan string, 100)
	go func() {
		_, err := a.Run(t.Context(), command.Call{Name: "import-values", Files: files}, func(p command.Progress) { told <- p.Step })
		judged <- err
	}()
	select {
	case step := <-told:
		if step != "waiting" {
			t.Errorf("it began with %q beside the import", step)
		}
	case err := <-judged:
		t.Errorf("it did not wait for the import: %v", err)
		judged <- err
	}
	close(release)
	for what, done := range map[string]chan error{"the import": imported, "what should be decided": judged} {
		if err := <-done; err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestValuesThatCannotBeJudged(t *testing.T) {
	a := open(t, settings(t))
	list := []command.File{file(t, "list.csv", lists["codes"].text)}
	for name, call := range map[string]command.Call{
		"codes":            {Name: "import-values", Files: list, Args: json.RawMessage(`{"kind":"codes"}`)},
		"codes to decide":  {Name: "import-decide", Args: json.RawMessage(`{"kind":"codes","values":["Type=x=y"]}`)},
		"no list":          {Name: "import-values"},
		"two lists":        {Name: "import-values", Files: append(list, list...)},
		"a broken mapping": {Name: "import-values", Files: list, Args: json.RawMessage(`{"map":"{"}`)},
		"another format":   {Name: "import-values", Files: list, Args: json.RawMessage(`{"save":"pdf"}`), Give: nowhere},
		"nobody takes it":  {Name: "import-values", Files: list, Args: json.RawMessage(`{"save":"csv"}`)},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := a.Run(t.Context(), call, nil); fhir.KindOf(err) != fhir.Invalid {
				t.Errorf("got %v, want that it is refused", err)
			}
		})
	}
}
