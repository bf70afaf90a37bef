package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestReport(t *testing.T) {
	const passed = `{"Action":"run","Package":"a","Test":"TestOne"}
{"Action":"output","Package":"a","Test":"TestOne","Output":"noise\n"}
{"Action":"pass","Package":"a","Test":"TestOne","Elapsed":1.5}
{"Action":"pass","Package":"a","Elapsed":2}
`
	tests := map[string]struct {
		in      string
		fails   bool
		has     []string
		without string
	}{
		"all pass": {in: passed, has: []string{"ok    a", "1.50s  a.TestOne", "1 passed, 0 failed, 0 skipped"}, without: "noise"},
		"one fails": {
			in: passed + `{"Action":"output","Package":"b","Test":"TestTwo","Output":"    x.go:1: wrong\n"}
{"Action":"fail","Package":"b","Test":"TestTwo","Elapsed":0.1}
{"Action":"output","Package":"b","Output":"FAIL\n"}
{"Action":"fail","Package":"b","Elapsed":0.2}
`, fails: true, has: []string{"x.go:1: wrong", "FAIL  b", "1 passed, 1 failed, 0 skipped"},
		},
		"a package does not build": {
			in: passed + `{"ImportPath":"c","Action":"build-output","Output":"c.go:1: syntax error\n"}
{"Action":"fail","Package":"c","Elapsed":0,"FailedBuild":"c"}
`, fails: true, has: []string{"c.go:1: syntax error", "FAIL  c", "1 failed"},
		},
		"one is skipped": {
			in: passed + `{"Action":"output","Package":"a","Test":"TestSkip","Output":"    x.go:2: no reference folder\n"}
{"Action":"output","Package":"a","Test":"TestSkip","Output":"--- SKIP: TestSkip (0.00s)\n"}
{"Action":"skip","Package":"a","Test":"TestSkip","Elapsed":0}
`, has: []string{"skipped: a.TestSkip: x.go:2: no reference folder", "1 passed, 0 failed, 1 skipped"},
		},
		"none ran":            {in: "", fails: true, has: []string{"0 passed"}},
		"words between lines": {in: "go: downloading\n" + passed, has: []string{"go: downloading", "1 passed"}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			err := report(strings.NewReader(tc.in), &out)
			if (err != nil) != tc.fails {
				t.Errorf("got error %v, want one: %t", err, tc.fails)
			}
			for _, want := range tc.has {
				if !strings.Contains(out.String(), want) {
					t.Errorf("got\n%swant %q in it", out.String(), want)
				}
			}
			if tc.without != "" && strings.Contains(out.String(), tc.without) {
				t.Errorf("got\n%swant no %q in it", out.String(), tc.without)
			}
		})
	}
}
