package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestProcessorTime(t *testing.T) {
	tests := map[string]struct {
		stat string
		want time.Duration
		bad  bool
	}{
		"a plain name":             {stat: "12 (masjala) S 1 2 3 4 5 6 7 8 9 10 150 25 0 0 20 0", want: 1750 * time.Millisecond},
		"a name with blanks and )": {stat: "12 (a ) b) c) S 1 2 3 4 5 6 7 8 9 10 1 0 0 0", want: 10 * time.Millisecond},
		"cut short":                {stat: "12 (x) S 1 2 3", bad: true},
		"no number":                {stat: "12 (x) S 1 2 3 4 5 6 7 8 9 10 a 0 0", bad: true},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := processorTime(tc.stat)
			if (err != nil) != tc.bad || got != tc.want {
				t.Errorf("got %v, %v; want %v, an error %v", got, err, tc.want, tc.bad)
			}
		})
	}
	used, err := processor(os.Getpid())
	if err != nil {
		t.Skip("no /proc here")
	}
	for begin := time.Now(); time.Since(begin) < 60*time.Millisecond; {
		_ = fmt.Sprint(begin)
	}
	if more, _ := processor(os.Getpid()); more <= used {
		t.Errorf("after some work the process has used %v, before %v", more, used)
	}
}

func TestClientReadsAnswers(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := len(r.URL.Path) * 900
		w.Header().Set("Content-Length", fmt.Sprint(n))
		if r.URL.Path == "/missing" {
			w.WriteHeader(404)
		}
		fmt.Fprint(w, strings.Repeat("x", n))
	}))
	defer server.Close()
	c, err := dial(t.Context(), server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.conn.Close()
	for range 3 { // the connection stays usable whatever the length
		for path, want := range map[string]int{"/": 200, "/missing": 404, "/long": 200} {
			if got, err := c.do(get(path)); err != nil || got != want {
				t.Errorf("GET %s = %d, %v; want %d", path, got, err, want)
			}
		}
	}
}

func TestDriveRefusesAnotherStatus(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	c, err := dial(t.Context(), server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.conn.Close()
	one := func(i int) []byte {
		if i > 0 {
			return nil
		}
		return get("/")
	}
	if _, err := c.run(t.Context(), 200, one); err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("got %v, want it to tell of status 404", err)
	}
	if times, err := c.run(t.Context(), 404, one); err != nil || len(times) != 1 {
		t.Errorf("got %v, %v; want one request measured", times, err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.run(ended, 404, func(int) []byte { return get("/") }); err == nil {
		t.Error("it goes on after its context has ended")
	}
}

func TestStatistics(t *testing.T) {
	if m := median([]float64{3, 1, 2}); m != 2 {
		t.Errorf("median of three is %v", m)
	}
	if m := median([]float64{4, 1, 3, 2}); m != 2 {
		t.Errorf("median of four is %v, want the lower middle one", m)
	}
	hundred := make([]time.Duration, 100)
	for i := range hundred {
		hundred[i] = time.Duration(i)
	}
	if percentile(hundred, 50) != 50 || percentile(hundred, 99) != 99 || percentile(hundred[:1], 99) != 0 || percentile(nil, 50) != 0 {
		t.Error("percentiles are off")
	}
}

func TestPlacesAreJSONOfTheSizeMeant(t *testing.T) {
	seen := map[string]bool{}
	for _, n := range []int{0, 1, 299, 19_999, 7_000_000} {
		one := place(nil, n, placeID(n))
		if !gjson.ValidBytes(one) || len(one) < 1000 || len(one) > 2000 {
			t.Errorf("place %d has %d bytes, valid %v", n, len(one), gjson.ValidBytes(one))
		}
		seen[string(one)] = true
	}
	if len(seen) != 5 {
		t.Error("some places are alike")
	}
	many := pack(nil, 3, 6)
	if !gjson.ValidBytes(many) || gjson.GetBytes(many, "entry.#").Int() != 3 || gjson.GetBytes(many, "entry.2.resource.id").Str != "place-5" {
		t.Errorf("a transaction is %s", many)
	}
}

func TestSearchesAreAddresses(t *testing.T) {
	for _, k := range searches() {
		request := fmt.Sprintf(k.query, 7)
		if _, err := url.ParseQuery(request); err != nil || strings.Contains(request, "%!") {
			t.Errorf("%s asks %s: %v", k.name, request, err)
		}
	}
}

func TestPopularPlacesComeOften(t *testing.T) {
	next, again := popular(1, 1000), popular(1, 1000)
	count := make([]int, 1000)
	for range 10_000 {
		n := next()
		if n != again() {
			t.Fatal("the same seed gives other numbers")
		}
		count[n]++
	}
	if count[0] < 500 || count[0] <= slices.Max(count[1:]) {
		t.Errorf("the first place comes %d times of 10,000", count[0])
	}
}

// written makes a file like one of the server: rows of two resources in two tables.
func written(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "from.db")
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, text := range []string{
		"create table resource (rid integer primary key, id text not null, body blob) strict",
		"create table token (code text not null, rid integer not null, primary key (code, rid)) strict, without rowid",
		"create table moment (updated integer primary key)",
		"create index token_rid on token (rid)",
		"insert into resource values (2, 'b', x'01'), (1, 'a', null)",
		"insert into token values ('x', 1), ('y', 1), ('x', 2)",
		"insert into moment values (5)",
	} {
		if _, err := db.Exec(text); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

func TestReplayCommitsTheSameRows(t *testing.T) {
	s, records, err := readRecords(written(t))
	if err != nil {
		t.Fatal(err)
	}
	if len(records) != 2 || len(records[0].rows) != 3 || len(records[1].rows) != 2 {
		t.Fatalf("got %d records, want two of 3 and 2 rows", len(records))
	}
	path := filepath.Join(t.TempDir(), "to.db")
	l, err := openLoop(path, s)
	if err != nil {
		t.Fatal(err)
	}
	times, err := l.run(records, 3)
	if err != nil || len(times) != 2 {
		t.Errorf("got %v, %v; want two times", times, err)
	}
	if err := l.db.Close(); err != nil {
		t.Fatal(err)
	}
	_, again, err := readRecords(path)
	if err != nil {
		t.Fatal(err)
	}
	want, _ := json.Marshal(plain(records))
	if got, _ := json.Marshal(plain(again)); string(got) != string(want) {
		t.Errorf("the new file has %s, want %s", got, want)
	}
	if _, err := l.run(records, 1); err == nil {
		t.Error("committing to a closed file is no error")
	}
}

func plain(records []record) [][]shownRow {
	out := make([][]shownRow, len(records))
	for i, r := range records {
		for _, row := range r.rows {
			out[i] = append(out[i], shownRow{row.table, row.values})
		}
	}
	return out
}

type shownRow struct {
	Table  int
	Values []any
}

func TestReportTellsWhetherPromisesAreKept(t *testing.T) {
	reading := func(cpu time.Duration) []sample {
		return []sample{{requests: 1000, elapsed: time.Second, cpu: 1000 * cpu}}
	}
	writing := func(n int) []sample { return []sample{{requests: n, elapsed: time.Second, cpu: time.Second}} }
	us := time.Microsecond
	tests := map[string]struct {
		alive, read     time.Duration
		creates, commit int
		kept            bool
	}{
		"all":                        {12 * us, 20 * us, 3000, 9000, true},
		"few creates on a slow disk": {12 * us, 20 * us, 500, 900, true},
		"few creates on a fast disk": {12 * us, 20 * us, 2000, 9000, false},
		"livez too dear":             {14 * us, 20 * us, 3000, 3000, false},
		"reads too dear":             {12 * us, 25 * us, 3000, 3000, false},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			var b strings.Builder
			kept := report(&b, "machine", plan{runs: 1, clients: 8}, readings{bare: reading(10 * us), alive: reading(tc.alive), read: reading(tc.read)},
				writings{writing(tc.creates), writing(tc.commit)})
			if kept != tc.kept || strings.Contains(b.String(), "**no**") == tc.kept {
				t.Errorf("kept %v, want %v:\n%s", kept, tc.kept, b.String())
			}
			if !strings.HasPrefix(b.String(), "machine. 1 runs") || strings.Count(b.String(), "\n|---|") != 3 {
				t.Errorf("not three tables:\n%s", b.String())
			}
		})
	}
	if !strings.Contains(machine(), "cores, go1.") {
		t.Errorf("the machine is %q", machine())
	}
}

func TestBenchRefusesNonsense(t *testing.T) {
	for name, p := range map[string]plan{"no runs": {clients: 1, requests: 1, places: 1}, "fewer requests than clients": {runs: 1, clients: 8, requests: 7, places: 1}} {
		if err := bench(t.Context(), p); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
